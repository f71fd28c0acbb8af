import type { AuditMinute, AuditResult, DifferenceKind } from '../../src-shared/contract/audit.ts'
import type { Lateness } from '../../src-shared/contract/runs.ts'
import { numbersAgree } from '../../src-shared/domain/audit-verdict.ts'
import { minuteOf, startOfMinute, type Minute, type MinuteSpan } from '../../src-shared/domain/minute.ts'
import { eachSlot, type AuditedRuns } from './audited-runs.ts'
import type { Findings, KindCounts } from './findings.ts'
import { forEachYielding } from './audit-context.ts'

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
    ok: kinds.length === 0 && minutes.every(numbersAgree),
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

/** How late slots were sent (real ms), ranked as `Store.runCounts` does it; null of none. */
function latenessOf(latenessMs: readonly number[]): Lateness | null {
  if (latenessMs.length === 0) return null
  const sorted = Float64Array.from(latenessMs).toSorted()
  const fromLatest = (rank: number): number => sorted[sorted.length - 1 - Math.floor(rank)] ?? 0
  return { p50Ms: fromLatest(sorted.length / 2), p95Ms: fromLatest(sorted.length / 20), maxMs: fromLatest(0) }
}

type AuditColumn = Exclude<keyof AuditMinute, 'minute'>

/** The numbers of an audit, minute by minute. */
export function createMinuteTable(span: MinuteSpan) {
  const { fromMinute, toMinute } = span
  const minutes = Math.max(0, toMinute - fromMinute)
  const lines = columns(() => new Int32Array(minutes))
  const has = (minute: Minute): boolean => minute >= fromMinute && minute < toMinute
  return {
    span,
    has,
    /** What lies outside the span is not counted. */
    add(minute: Minute, column: AuditColumn, count = 1): void {
      const line = lines[column]
      const index = minute - fromMinute
      if (has(minute)) line[index] = (line[index] ?? 0) + count
    },
    /** Every minute of the span, empty ones too. */
    async rows(signal: AbortSignal): Promise<AuditMinute[]> {
      const rows: AuditMinute[] = []
      await forEachYielding(lines.planned.keys(), signal, (index) =>
        rows.push({ minute: fromMinute + index, ...columns((column) => lines[column][index] ?? 0) }),
      )
      return rows
    },
    /** The sums over the span. */
    totals: () => columns((column) => lines[column].reduce((sum, count) => sum + count, 0)),
  }
}

function columns<T>(of: (column: AuditColumn) => T): Record<AuditColumn, T> {
  return {
    planned: of('planned'),
    created: of('created'),
    watched: of('watched'),
    others: of('others'),
    indexed: of('indexed'),
    fetched: of('fetched'),
    charted: of('charted'),
  }
}
