import { minuteOf, minuteSpan } from '../../src-shared/domain/minute.ts'
import type { AuditedRun } from './audited-runs.ts'
import { minuteText, type Findings } from './findings.ts'
import { forEachYielding } from './in-turn.ts'

/** Names the slots that a run was planned with and that its ledger does not have, or has outside of the run. Their numbers begin at 0. */
export async function nameLostSlots(
  { runId, run, slots }: AuditedRun,
  { missing }: Findings,
  signal: AbortSignal,
): Promise<void> {
  const { fromMinute, toMinute } = minuteSpan(run.startMs, run.endMs)
  const name = (slot: number, key: string | null, reason: string): void =>
    missing.add({ key, run: runId, slot, minute: fromMinute, kind: 'unknown', reason })
  await forEachYielding(upTo(run.planned), signal, (slot) => {
    if (slots.has(slot)) return
    name(slot, null, `planned, and not in the ledger: it has ${slots.size} of the run’s ${run.planned} slots`)
  })
  await forEachYielding(slots.values(), signal, ({ slot, issueKey, plannedMs }) => {
    const minute = minuteOf(plannedMs)
    if (minute >= fromMinute && minute < toMinute) return
    name(slot, issueKey, `planned for ${minuteText(minute)}, as the ledger says, which is outside of its run`)
  })
}

function* upTo(count: number): Generator<number, void, void> {
  for (let n = 0; n < count; n++) yield n
}
