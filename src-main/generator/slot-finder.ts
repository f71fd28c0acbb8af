import type { Clock } from '../clock.ts'
import type { FoundTicket, Jira } from '../jira/jira.ts'
import { markedSlot } from './marks.ts'
import { searchRunTickets } from './run-tickets.ts'

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 5_000

export interface SlotFinder {
  /**
   * The ticket that was made for a slot, null where Jira shows none. Looks again while its index may lag, for
   * `patienceMs` or until `hurry` is aborted; then a last time. Throws where Jira cannot be asked.
   */
  find(slot: number, hurry: AbortSignal): Promise<FoundTicket | null>
}

export interface FinderParts {
  readonly jira: Pick<Jira, 'search'>
  readonly clock: Clock
  readonly runId: string
  /** Real milliseconds after which a ticket that the index does not show counts as not found. */
  readonly patienceMs: number
  readonly signal: AbortSignal
}

/** Looks for slots whose request got no clear answer. Slots that are looked for at the same time share their searches. */
export function createSlotFinder({ jira, clock, runId, patienceMs, signal }: FinderParts): SlotFinder {
  const search = shared(() => searchRunTickets(jira, runId, signal))
  const look = async (slot: number): Promise<FoundTicket | null> =>
    (await search()).find((ticket) => markedSlot(ticket.property, runId) === slot) ?? null

  return {
    async find(slot, hurry) {
      const untilMs = clock.now() + patienceMs
      let waitMs = FIRST_WAIT_MS
      for (;;) {
        const last = hurry.aborted || clock.now() >= untilMs
        const ticket = await look(slot)
        if (ticket !== null || last) return ticket
        // A wait that is cut short leads to the last look.
        await clock.sleep(Math.min(waitMs, untilMs - clock.now()), hurry).catch(() => {})
        waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)
      }
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
