import { minuteOf } from '../../src-shared/domain/minute.ts'
import type { AuditedRun } from './audited-runs.ts'
import type { Missing } from './findings.ts'

/** The slots that a run was planned with, and that its ledger does not have. Their numbers begin at 0. */
export function lostSlots({ runId, run, slots }: AuditedRun): Missing[] {
  const lost: Missing[] = []
  for (let slot = 0; slot < run.planned; slot++) {
    if (slots.has(slot)) continue
    const reason = `planned, and not in the ledger: it has ${slots.size} of the run’s ${run.planned} slots`
    lost.push({ key: null, run: runId, slot, minute: minuteOf(run.startMs), kind: 'unknown', reason })
  }
  return lost
}
