import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { Clock } from '../runtime/clock.ts'
import type { IndexLagMeter } from './index-lag.ts'

/** search/jql takes at most this many ids to be consistent about. */
const MAX_RECONCILED = 50

/** After this many whole fetches that asked for a ticket and did not get it, it is not one of those watched. */
const FETCHES_TO_GIVE_UP = 2

/** A ticket that the index never shows (deleted, say) is no longer waited for. */
const LONGEST_WAIT_MS = 30 * 60_000

/** How many tickets of a pass are remembered; after a longer one, what is new in the next is not measured. */
const MAX_REMEMBERED = 20_000

/** A pass that ended longer ago says nothing of when a ticket came into sight. */
const MIN_RECENT_MS = 30_000

/** A whole pass: what it showed of tickets that had not been edited since they were made. */
interface Pass {
  readonly sinceMs: number
  readonly ids: Set<string>
  readonly endedMs: number
}

export type FirstSights = ReturnType<typeof createFirstSights>

/**
 * Measures the index lag by tickets that others make. One that was never edited, and that this pass shows and the last
 * one did not although it read that time too, came into sight between the two. Where the last pass was long ago
 * (asleep, offline) or did not come to its end, it says nothing.
 */
export function createFirstSights(options: {
  readonly lag: IndexLagMeter
  readonly clock: Clock
  readonly intervalMs: number
}) {
  const { lag, clock, intervalMs } = options
  const recentMs = Math.max(MIN_RECENT_MS, 2 * intervalMs)
  let last: Pass | null = null
  let now: Omit<Pass, 'endedMs'> = { sinceMs: 0, ids: new Set() }

  const isNew = ({ id, createdMs }: Ticket): boolean =>
    last !== null &&
    clock.now() - last.endedMs <= recentMs &&
    createdMs >= last.sinceMs &&
    !last.ids.has(id) &&
    !now.ids.has(id)

  return {
    /** A pass begins that reads what changed since (site epoch ms). */
    began: (sinceMs: number) => void (now = { sinceMs, ids: new Set() }),
    /** A page came. Tickets in `except` were asked for by id, and shown whatever the index does. */
    page(tickets: readonly Ticket[], siteMs: number, except: readonly string[]) {
      for (const ticket of tickets) {
        if (ticket.createdMs !== ticket.updatedMs || ticket.createdMs < now.sinceMs) continue
        if (isNew(ticket) && !except.includes(ticket.id)) lag.add(siteMs - ticket.createdMs, siteMs)
        now.ids.add(ticket.id)
      }
    },
    /** The pass came to its end. */
    ended() {
      last = now.ids.size > MAX_REMEMBERED ? null : { ...now, endedMs: clock.now() }
    },
  }
}

interface OwnTicket {
  readonly createdMs: number
  /** Whole fetches that asked for it in vain. */
  readonly misses: number
  /** Seen because it was asked for by id; the index has not shown it of itself yet. */
  readonly seen: boolean
}

export type OwnTickets = ReturnType<typeof createOwnTickets>

/**
 * The tickets that this process made, until the search index shows them. Each is asked for by id first, so that it
 * appears at once; how long the index takes is measured by the fetches after that. Times are the site's epoch ms.
 */
export function createOwnTickets(lag: Pick<IndexLagMeter, 'add'>) {
  const tickets = new Map<string, OwnTicket>()
  return {
    note: (id: string, createdMs: number) => void tickets.set(id, { createdMs, misses: 0, seen: false }),
    /** They were deleted: no fetch waits for them any more. */
    gone(ids: readonly string[]) {
      for (const id of ids) tickets.delete(id)
    },
    /** Another instance fetches from now on: when it sees them says nothing here. */
    forget: () => tickets.clear(),
    /** The ids to ask for in the next fetch, the same on each of its pages. */
    toReconcile: (): string[] =>
      [...tickets]
        .filter(([, { seen }]) => !seen)
        .slice(0, MAX_RECONCILED)
        .map(([id]) => id),
    /** A page of a fetch that asked for `reconciled` came with these tickets. */
    found(ids: readonly string[], reconciled: readonly string[], siteMs: number) {
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
    /** A fetch that asked for `reconciled` came to its end. */
    fetched(reconciled: readonly string[], siteMs: number) {
      for (const [id, ticket] of tickets) {
        const misses = ticket.misses + (!ticket.seen && reconciled.includes(id) ? 1 : 0)
        const given = misses >= FETCHES_TO_GIVE_UP || siteMs - ticket.createdMs > LONGEST_WAIT_MS
        if (given) tickets.delete(id)
        else tickets.set(id, { ...ticket, misses })
      }
    },
    /** When the oldest was created that the index has not shown yet; null where it has shown all. */
    oldestUnseenMs: (): number | null => {
      const [oldest] = tickets.values()
      return oldest?.createdMs ?? null
    },
  }
}
