import { minuteOf, minuteSpan } from '../../src-shared/domain/minute.ts'
import type { AuditedRun } from './audited-runs.ts'
import { minuteText, type Missing } from './findings.ts'
import { inTurn } from './in-turn.ts'

/** The slots that a run was planned with and that its ledger does not have, or has outside of the run. Their numbers begin at 0. */
export async function lostSlots({ runId, run, slots }: AuditedRun, signal: AbortSignal): Promise<Missing[]> {
  const { fromMinute, toMinute } = minuteSpan(run.startMs, run.endMs)
  const lost: Missing[] = []
  const name = (slot: number, key: string | null, reason: string): void =>
    void lost.push({ key, run: runId, slot, minute: fromMinute, kind: 'unknown', reason })
  await inTurn(upTo(run.planned), signal, (slot) => {
    if (slots.has(slot)) return
    name(slot, null, `planned, and not in the ledger: it has ${slots.size} of the run’s ${run.planned} slots`)
  })
  await inTurn(slots.values(), signal, ({ slot, issueKey, plannedMs }) => {
    const minute = minuteOf(plannedMs)
    if (minute >= fromMinute && minute < toMinute) return
    name(slot, issueKey, `planned for ${minuteText(minute)}, as the ledger says, which is outside of its run`)
  })
  return lost
}

function* upTo(count: number): Generator<number, void, void> {
  for (let n = 0; n < count; n++) yield n
}
