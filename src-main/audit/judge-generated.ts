import { markedSlot, runLabel } from '../generator/marks.ts'
import type { Slot, SlotOfRun } from '../store/store.ts'
import type { SeenTicket } from './jira-snapshot.ts'
import { addSlots, wholeRun, type AuditedRun, type AuditedRuns } from './audited-runs.ts'
import type { AuditContext } from './audit-context.ts'
import { forEachYielding } from './in-turn.ts'
import { slotName } from './slot-ticket.ts'
import { judgeUnclaimed, type JudgedUnclaimed, type UnclaimedTicket } from './unclaimed-tickets.ts'

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

/** A label is anybody's to write: what no run can be called is not looked for. */
const RUN_NAME = /^[a-z\d-]{1,64}$/i

/** The runs whose label a ticket carries. */
function runIdsOf(ticket: SeenTicket | undefined): string[] {
  const prefix = runLabel('')
  return (ticket?.labels ?? []).flatMap((label) =>
    label.startsWith(prefix) && RUN_NAME.test(label.slice(prefix.length)) ? [label.slice(prefix.length)] : [],
  )
}
