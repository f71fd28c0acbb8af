import type { AuditResult } from '../../src-shared/contract/audit.ts'
import { minuteOf } from '../../src-shared/domain/minute.ts'
import { markedSlot, runLabel } from '../generator/marks.ts'
import type { Slot, SlotOfRun } from '../store/ledger.ts'
import { forEachYielding, type AuditContext } from './audit-context.ts'
import {
  addSlots,
  slotName,
  slotTicket,
  wholeRun,
  type AuditedRun,
  type AuditedRuns,
} from './audited-runs.ts'
import type { SeenTicket } from './jira-snapshot.ts'

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

/** A label is anybody's to write: what no run can be called is not looked for. */
const RUN_NAME = /^[a-z\d-]{1,64}$/i

/**
 * Separates the tickets of slots whose outcome the ledger does not know, by their marks, from those that no slot should
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

/**
 * Judges the tickets that carry the label of a run of this ledger and that it names for no slot. Those of other runs were
 * made by somebody who keeps another ledger. A slot that has its ticket so is looked at, too, whenever it was planned for.
 */
export async function judgeGenerated(
  ids: readonly string[],
  tickets: ReadonlyMap<string, SeenTicket>,
  runs: AuditedRuns,
  { store, siteId, signal }: AuditContext,
): Promise<JudgedUnclaimed> {
  const named = new Set<string>()
  await forEachYielding(ids, signal, (id) => runIdsOf(tickets.get(id)).forEach((runId) => named.add(runId)))
  const whole = new Map<string, AuditedRun>()
  for (const runId of named) {
    const run = await store.run(siteId, runId)
    if (run !== null) whole.set(runId, await wholeRun(store, run, signal))
  }
  const unclaimed: UnclaimedTicket[] = []
  await forEachYielding(ids, signal, (id) => {
    const ticket = tickets.get(id)
    const runId = runIdsOf(ticket).find((one) => whole.has(one))
    if (ticket !== undefined && runId !== undefined) unclaimed.push({ runId, ticket })
  })
  const slotOf = (runId: string, slot: number): Slot | undefined => whole.get(runId)?.slots.get(slot)
  const judged = await judgeUnclaimed(unclaimed, slotOf, tickets, signal)
  const claimed: SlotOfRun[] = []
  await forEachYielding(unclaimed, signal, ({ runId, ticket }) => {
    const slot = slotOf(runId, markedSlot(ticket.property, runId) ?? -1)
    if (slot === undefined || judged.claims.get(slotName(runId, slot.slot)) !== ticket) return
    claimed.push({ ...slot, runId })
  })
  await addSlots(runs, claimed, { store, siteId, signal })
  return judged
}

/** The runs whose label a ticket carries. */
function runIdsOf(ticket: SeenTicket | undefined): string[] {
  const prefix = runLabel('')
  return (ticket?.labels ?? []).flatMap((label) =>
    label.startsWith(prefix) && RUN_NAME.test(label.slice(prefix.length)) ? [label.slice(prefix.length)] : [],
  )
}
