import type { FoundTicket, Jira } from '../jira/jira.ts'
import { markedSlot } from './marks.ts'
import { searchRunTickets } from './run-tickets.ts'

export interface SlotFinder {
  /** The ticket that was made for a slot, as Jira's search shows it now; null where it does not. Throws as Jira does. */
  look(slot: number): Promise<FoundTicket | null>
}

export interface FinderParts {
  readonly jira: Pick<Jira, 'search'>
  readonly runId: string
  readonly signal: AbortSignal
}

/** Looks in the search index. Slots that are looked for at the same time share their searches. */
export function createSlotFinder({ jira, runId, signal }: FinderParts): SlotFinder {
  const search = shared(async () => {
    const tickets = await searchRunTickets(jira, runId, signal)
    return new Map(tickets.map((ticket) => [markedSlot(ticket.property, runId), ticket]))
  })
  return { look: async (slot) => (await search()).get(slot) ?? null }
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
