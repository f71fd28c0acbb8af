import type { AuditResult } from '../../src-shared/contract/models.ts'
import { minuteOf } from '../../src-shared/domain/minute.ts'
import { markedSlot } from '../generator/marks.ts'
import type { Slot } from '../store/store.ts'
import type { SeenTicket } from './jira-snapshot.ts'
import { forEachYielding } from './in-turn.ts'
import { slotName, slotTicket } from './slot-ticket.ts'

type Extra = AuditResult['extra'][number]

/** A ticket that carries a run's label and that the ledger names for none of the run's slots. */
export interface UnclaimedTicket {
  readonly runId: string
  readonly ticket: SeenTicket
}

export interface JudgedUnclaimed {
  /** Those that are the one ticket of their slot after all, by the slot's name. */
  readonly claims: ReadonlyMap<string, SeenTicket>
  readonly extra: readonly Extra[]
}

/**
 * Tells the tickets of slots whose outcome the ledger does not know, by their marks, from those that no slot should
 * have. `slotOf` gives a run's slot, undefined where it has none of that number.
 */
export async function judgeUnclaimed(
  unclaimed: readonly UnclaimedTicket[],
  slotOf: (runId: string, slot: number) => Slot | undefined,
  tickets: ReadonlyMap<string, SeenTicket>,
  signal: AbortSignal,
): Promise<JudgedUnclaimed> {
  const claims = new Map<string, SeenTicket>()
  const extra: Extra[] = []
  await forEachYielding(unclaimed, signal, ({ runId, ticket }) => {
    const number = markedSlot(ticket.property, runId)
    const why = (kind: Extra['kind'], reason: string): void =>
      void extra.push({ key: ticket.key, minute: minuteOf(ticket.createdMs), kind, reason })
    const slot = number === null ? undefined : slotOf(runId, number)
    if (number === null) why('foreign', `carries the label of run ${runId}, but was not made by it`)
    else if (slot === undefined) {
      why('foreign', `was made for slot ${number} of run ${runId}, which the ledger does not have`)
    } else if (hasTicket(runId, slot, { tickets, claims })) {
      why('twice', `is one ticket too many for slot ${number} of run ${runId}`)
    } else claims.set(slotName(runId, number), ticket)
  })
  return { claims, extra }
}

/** Whether a slot has its ticket already; one that was deleted from Jira was it, too. */
function hasTicket(runId: string, slot: Slot, marks: Parameters<typeof slotTicket>[2]): boolean {
  const { namedId, seen, isForeign } = slotTicket(runId, slot, marks)
  return seen !== null || (namedId !== null && !isForeign)
}
