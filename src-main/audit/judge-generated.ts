import { markedSlot, runLabel } from '../generator/marks.ts'
import type { Slot } from '../store/store.ts'
import type { SeenTicket } from './ask-jira.ts'
import { addSlots, wholeRun, type AuditedRun, type AuditedRuns } from './audited-runs.ts'
import type { Auditing } from './auditing.ts'
import { slotName } from './slot-ticket.ts'
import { judgeStrangers, type JudgedStrangers, type Stranger } from './strangers.ts'

/**
 * Judges the tickets that carry the label of a run of this ledger and that it names for no slot. Those of other runs were
 * made by somebody who keeps another ledger. A slot that has its ticket so is looked at, too, whenever it was planned for.
 */
export async function judgeGenerated(
  ids: readonly string[],
  tickets: ReadonlyMap<string, SeenTicket>,
  runs: AuditedRuns,
  { store, siteId, signal }: Auditing,
): Promise<JudgedStrangers> {
  const whole = new Map<string, AuditedRun | null>()
  const wholeOf = async (runId: string): Promise<AuditedRun | null> => {
    const run = await store.run(siteId, runId)
    return run === null ? null : wholeRun(store, run, signal)
  }
  const strangers: Stranger[] = []
  for (const id of ids) {
    const ticket = tickets.get(id)
    for (const runId of runIdsOf(ticket)) {
      if (!whole.has(runId)) whole.set(runId, await wholeOf(runId))
      if (ticket === undefined || whole.get(runId) === null) continue
      strangers.push({ runId, ticket })
      break
    }
  }
  const slotOf = (runId: string, slot: number): Slot | undefined => whole.get(runId)?.slots.get(slot)
  const judged = judgeStrangers(strangers, slotOf, tickets)
  for (const { runId, ticket } of strangers) {
    const slot = slotOf(runId, markedSlot(ticket.property, runId) ?? -1)
    if (slot === undefined || judged.claims.get(slotName(runId, slot.slot)) !== ticket) continue
    await addSlots(runs, [{ ...slot, runId }], { store, siteId, signal })
  }
  return judged
}

/** The runs whose label a ticket carries. */
function runIdsOf(ticket: SeenTicket | undefined): string[] {
  const prefix = runLabel('')
  return (ticket?.labels ?? []).flatMap((label) =>
    label.startsWith(prefix) && label.length > prefix.length ? [label.slice(prefix.length)] : [],
  )
}
