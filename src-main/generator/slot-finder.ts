import type { FoundTicket, Jira } from '../jira/jira.ts'
import { markedSlot } from './marks.ts'
import { searchRunTickets } from './run-tickets.ts'

export interface SlotFinder {
  /**
   * The ticket that was made for a slot, `sinceMs` (site epoch ms) at the earliest, as Jira's search shows it now; null
   * where it does not. Throws as Jira does.
   */
  look(slot: number, sinceMs: number): Promise<FoundTicket | null>
}

export interface FinderParts {
  readonly jira: Pick<Jira, 'search'>
  readonly runId: string
  readonly signal: AbortSignal
}

/** So much earlier than by our clock a ticket may have been created by the site's. */
const SEARCH_SLACK_MS = 15 * 60_000

/**
 * Looks in the search index. Slots that are looked for at the same time share their searches. What was created before
 * their claims is not asked for: a run may have made a hundred thousand tickets by then.
 */
export function createSlotFinder({ jira, runId, signal }: FinderParts): SlotFinder {
  /** The earliest of those who wait for the next search. */
  let earliestMs = Infinity
  const search = shared(async () => {
    const sinceMs = earliestMs - SEARCH_SLACK_MS
    earliestMs = Infinity
    const tickets = await searchRunTickets(jira, runId, signal, { sinceMs })
    return new Map(tickets.map((ticket) => [markedSlot(ticket.property, runId), ticket]))
  })
  return {
    async look(slot, sinceMs) {
      earliestMs = Math.min(earliestMs, sinceMs)
      return (await search()).get(slot) ?? null
    },
  }
}

/** Calls `work` once for all who ask while it has not begun: who asks while it runs gets the next one's result. */
function shared<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve()
  let next: Promise<T> | undefined
  return () => {
    next ??= running
      .catch(() => {})
      .then(() => {
        const result = work()
        running = result
        next = undefined
        return result
      })
    return next
  }
}
