import type { AuditResult, DifferenceKind } from '../../src-shared/contract/models.ts'
import { minuteOf, startOfMinute } from '../../src-shared/domain/minute.ts'
import { eachSlot, type AuditedRuns } from './audited-runs.ts'
import type { KindCounts } from './differences.ts'
import type { Findings } from './findings.ts'
import { forEachYielding } from './in-turn.ts'
import { latenessOf } from './lateness.ts'
import { agrees } from './minute-table.ts'

/** What was found, as the contract has it. `runId`: null for a span. */
export async function auditResult(
  runId: string | null,
  runs: AuditedRuns,
  { table, missing, extra }: Findings,
  signal: AbortSignal,
): Promise<AuditResult> {
  const late: number[] = []
  await forEachYielding(eachSlot(runs), signal, ([, { plannedMs, latenessMs }]) => {
    if (latenessMs !== null && table.has(minuteOf(plannedMs))) late.push(latenessMs)
  })
  const minutes = await table.rows(signal)
  const kinds = summed(missing.kinds(), extra.kinds())
  return {
    run: runId,
    fromMs: startOfMinute(table.span.fromMinute),
    toMs: startOfMinute(table.span.toMinute),
    ...table.totals(),
    minutes,
    lateness: latenessOf(late),
    missing: [...missing.listed()],
    moreMissing: missing.more(),
    extra: [...extra.listed()],
    moreExtra: extra.more(),
    kinds,
    ok: kinds.length === 0 && minutes.every(agrees),
  }
}

/** The most frequent first. */
function summed(...counted: readonly KindCounts[]): AuditResult['kinds'] {
  const sums = new Map<DifferenceKind, number>()
  for (const kinds of counted) {
    for (const [kind, count] of kinds) sums.set(kind, (sums.get(kind) ?? 0) + count)
  }
  return [...sums].map(([kind, count]) => ({ kind, count })).toSorted((a, b) => b.count - a.count)
}
