import type { AuditResult } from '../../src-shared/contract/models.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { eachSlot, type AuditedRuns } from './audited-runs.ts'
import type { Findings } from './findings.ts'
import { inTurn } from './in-turn.ts'
import { latenessOf } from './lateness.ts'
import { agrees } from './minute-table.ts'
import { minuteOf } from '../../src-shared/domain/minute.ts'

/** What was found, as the contract has it. `runId`: null for a span. */
export async function auditResult(
  runId: string | null,
  runs: AuditedRuns,
  { table, missing, extra }: Findings,
  signal: AbortSignal,
): Promise<AuditResult> {
  const late: number[] = []
  await inTurn(eachSlot(runs), signal, ([, { plannedMs, latenessMs }]) => {
    if (latenessMs !== null && table.has(minuteOf(plannedMs))) late.push(latenessMs)
  })
  const minutes = await table.rows(signal)
  return {
    run: runId,
    fromMs: startOfMinute(table.span.fromMinute),
    toMs: startOfMinute(table.span.toMinute),
    ...table.totals(),
    minutes,
    lateness: latenessOf(late),
    missing,
    extra,
    ok: missing.length === 0 && extra.length === 0 && minutes.every(agrees),
  }
}
