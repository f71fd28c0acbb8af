import type { AlertRule } from '../../src-shared/contract/alerts/alerts.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { RunningAlert } from '../../src-shared/domain/usual/alert.ts'
import type { WrittenAlert, WrittenTransition } from '../store/alerts/history.ts'

/** An alert as the history has it, with what became of it just now. */
export function entryOf(
  { id, name, scope, condition }: AlertRule,
  runId: string,
  alert: RunningAlert,
  transitions: readonly WrittenTransition[],
): WrittenAlert {
  const { startedMinute, onsetMinute, resolvedMinute, peak } = alert
  return {
    id: alert.id,
    rule: { id, name, scope, condition },
    startedMs: startOfMinute(startedMinute),
    onsetMs: startOfMinute(onsetMinute),
    peak: peak.tickets,
    resolvedMs: resolvedMinute === null ? null : startOfMinute(resolvedMinute),
    rehearsal: runId === '' ? null : runId,
    transitions,
  }
}
