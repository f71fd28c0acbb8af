import type { IndexLagMeter } from './index-lag.ts'

/** search/jql takes at most this many ids to be consistent about. */
const MAX_RECONCILED = 50

/** After so many whole fetches that asked for a ticket and did not get it, it is not one of those watched. */
const FETCHES_TO_GIVE_UP = 2

/** A ticket that the index never shows (deleted, say) is no longer waited for. */
const LONGEST_WAIT_MS = 30 * 60_000

interface OwnTicket {
  readonly createdMs: number
  /** Whole fetches that asked for it in vain. */
  readonly misses: number
  /** Seen because it was asked for by id; the index has not shown it of itself yet. */
  readonly seen: boolean
}

/**
 * The tickets that this process made, until the search index shows them. Each is asked for by id first, so that it
 * appears at once; how long the index takes is measured by the fetches after that. Times are the site's epoch ms.
 */
export interface OwnTickets {
  note(id: string, createdMs: number): void
  /** They were deleted: no fetch waits for them any more. */
  gone(ids: readonly string[]): void
  /** Another instance fetches from now on: when it sees them says nothing here. */
  forget(): void
  /** The ids to ask for in the next fetch, the same on each of its pages. */
  toReconcile(): string[]
  /** A page of a fetch that asked for `reconciled` came with these tickets. */
  found(ids: readonly string[], reconciled: readonly string[], siteMs: number): void
  /** A fetch that asked for `reconciled` came to its end. */
  fetched(reconciled: readonly string[], siteMs: number): void
  /** When the oldest was created that the index has not shown yet; null where it has shown all. */
  oldestUnseenMs(): number | null
}

export function createOwnTickets(lag: Pick<IndexLagMeter, 'add'>): OwnTickets {
  const tickets = new Map<string, OwnTicket>()
  return {
    note: (id, createdMs) => void tickets.set(id, { createdMs, misses: 0, seen: false }),
    gone(ids) {
      for (const id of ids) tickets.delete(id)
    },
    forget: () => tickets.clear(),
    toReconcile: () =>
      [...tickets]
        .filter(([, { seen }]) => !seen)
        .slice(0, MAX_RECONCILED)
        .map(([id]) => id),
    found(ids, reconciled, siteMs) {
      for (const id of ids) {
        const ticket = tickets.get(id)
        if (ticket === undefined) continue
        if (reconciled.includes(id)) {
          tickets.set(id, { ...ticket, seen: true })
        } else {
          tickets.delete(id)
          lag.add(siteMs - ticket.createdMs, siteMs)
        }
      }
    },
    fetched(reconciled, siteMs) {
      for (const [id, ticket] of tickets) {
        const misses = ticket.misses + (!ticket.seen && reconciled.includes(id) ? 1 : 0)
        const given = misses >= FETCHES_TO_GIVE_UP || siteMs - ticket.createdMs > LONGEST_WAIT_MS
        if (given) tickets.delete(id)
        else tickets.set(id, { ...ticket, misses })
      }
    },
    oldestUnseenMs: () => {
      const [oldest] = tickets.values()
      return oldest?.createdMs ?? null
    },
  }
}
