import type { BarRow } from '../../../src-shared/domain/csv.ts'
import type { TimeMark } from '../../../src-shared/contract/marks.ts'
import { marksByBar } from '../../../src-shared/domain/time-marks.ts'
import type { ReadClient } from '../../app/stored.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { thenText, type ComparedBar } from '../../../src-shared/domain/compare/compared-bars.ts'
import { asOfDocument, asOfText } from '../../../src-shared/domain/text/as-of.ts'
import { isoInstant, startOfMinute } from '../../../src-shared/domain/minute.ts'
import { bucketTotals } from '../../../src-shared/domain/series.ts'
import { chartBars, type Bar } from '../../print/chart.ts'
import type { UsualResult } from '../../../src-shared/contract/alerts/usual.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { fieldParams, onlyText, splitText } from '../cli/field-flags.ts'
import { askedSpan } from '../cli/times.ts'
import type { COUNTS } from '../ticket-commands.ts'
import { loadUsual, nowText, verdictDocument } from './verdict.ts'
import { chartText, loadChart, loadCompared, type LoadedChart } from './load-chart.ts'

export async function printCounts({ io, options, config, open, print }: CountsCall<'store'>): Promise<void> {
  const settings = config()
  checkForms(options)
  const span = await askedSpan(options, settings.zone)
  await open(settings, async ({ client }) => {
    const fields = fieldParams(options)
    const loaded = await loadChart(client, { ...(await span(client)), ...fields })
    const compared =
      options.compare === undefined
        ? null
        : await loadCompared(client, loaded, options.compare, fields.filter)
    const usual = options.only === undefined ? await loadUsual(client, loaded) : null
    const { split } = loaded.counts
    if (options.csv !== true) {
      const lines = [
        chartText(io, loaded.chart) + thenLine(loaded, compared),
        ...(usual !== null && hasNow(loaded) ? [nowText(usual, loaded.chart.zone)] : []),
        ...(options.only === undefined ? [] : [`Counted are ${onlyText(options.only)}.`]),
        ...(split === undefined ? [] : [splitText(split)]),
        ...asOfLine(loaded),
      ]
      const document = { ...countsDocument(loaded, compared, usual), ...(split && { split }) }
      return print(document, lines.join('\n'))
    }
    const { barsCsv } = await import('../../../src-shared/domain/csv.ts')
    const names = loaded.session.watched.map(({ name }) => name)
    const marks = await marksOf(client, loaded)
    print(
      null,
      barsCsv(barRows(loaded, compared, marks, usual), { names, zone: loaded.chart.zone }).trimEnd(),
    )
  })
}

/** Of when they are, where that is not said by the clock alone. */
export function asOfLine({ counts: { asOf }, chart: { zone } }: LoadedChart): string[] {
  return asOf === undefined ? [] : [asOfText(asOf, zone)]
}

export type CountsCall<N extends 'store' | 'core'> = CommandCall<N, typeof COUNTS>

/** Throws `usage` where there is more than one thing to print, or it cannot be kept up to date. */
export function checkForms(options: CountsCall<'store'>['options']): void {
  const { csv, json, watch, compare, split } = options
  if (compare !== undefined && watch === true)
    throw nothingCounted('--compare is of what is over: not with --watch.', 'Leave out one of them.')
  if (csv === true && split !== undefined) {
    throw nothingCounted('--csv has the bars by priority: not with --split.', 'Say --json for the parts.')
  }
  if (csv !== true || (json !== true && watch !== true)) return
  throw nothingCounted(
    `--csv is printed once, and alone: not with ${json === true ? '--json' : '--watch'}.`,
    'Leave out one of them.',
  )
}

function nothingCounted(what: string, hint: string): AppError {
  return new AppError('usage', what, { consequence: 'Nothing was counted.', hint })
}

export type Counted = Pick<LoadedChart, 'counts' | 'session'> & {
  readonly chart: Pick<LoadedChart['chart'], 'unknown' | 'nowMs' | 'zone'>
}

/** Bucket by bucket, with the counts in the order of the watched values. */
export function barsOf({ counts, session, chart: { unknown, nowMs } }: Counted): Bar[] {
  const { provisionalFromMinute } = counts
  const chart = { series: counts, priorities: session.watched, provisionalFromMinute, unknown, nowMs }
  return chartBars(chart, Infinity)
}

/** As the dashboard's own table of them, in the same words. */
export function barRows(
  loaded: Counted,
  compared: Compared = null,
  marks: readonly TimeMark[] = [],
  usual: UsualResult | null = null,
): BarRow[] {
  const bars = barsOf(loaded)
  const starts = bars.map(({ startMinute }) => startMinute)
  const marked = marksByBar(marks, starts, loaded.counts.toMinute)
  return bars.map(({ startMinute, counts, total, provisional, state }, at) => {
    const toMs = startOfMinute(bars[at + 1]?.startMinute ?? loaded.counts.toMinute)
    const isOver = toMs <= loaded.chart.nowMs
    const known = !isOver ? 'not over yet' : provisional ? 'not settled yet' : 'settled'
    return {
      fromMs: startOfMinute(startMinute),
      toMs,
      counts,
      total,
      counted: state === 'known',
      atLeast: state === 'unknown' ? total : null,
      state: { known, unknown: 'not fetched', future: 'still to come' }[state],
      compared: compared?.[at],
      usual: usualOf(usual, at, total),
      marks: marked[at],
    }
  })
}

/** What was marked in the span of the bars. */
async function marksOf(client: ReadClient, { counts }: Counted): Promise<TimeMark[]> {
  const span = { fromMs: startOfMinute(counts.fromMinute), toMs: startOfMinute(counts.toMinute) }
  return (await client.call('marks.list', span)).marks
}

/** What the bars are compared with; null where they are with nothing. */
type Compared = readonly ComparedBar[] | null

/** `Compared with yesterday: 31 then (×2.8)`, in a line of its own. */
function thenLine({ counts }: Counted, compared: Compared): string {
  return compared === null
    ? ''
    : `\n${thenText(
        bucketTotals(counts).reduce((sum, n) => sum + n, 0),
        compared,
        'then',
      )}`
}

/** What is usual in a bucket; null where that is not known. */
function usualOf(usual: UsualResult | null, at: number, total: number) {
  const [low, high, mean, from] = [usual?.low[at], usual?.high[at], usual?.mean[at], usual?.unusualFrom[at]]
  if (low === undefined || high === undefined || mean === undefined || from === undefined) return null
  return { low, high, mean, verdict: total >= from ? 'unusual' : 'usual' }
}

/** Whether the span has now in it. */
function hasNow({ counts, chart: { nowMs } }: Counted): boolean {
  return startOfMinute(counts.fromMinute) <= nowMs && nowMs < startOfMinute(counts.toMinute)
}

export function countsDocument(
  loaded: Counted,
  compared: Compared = null,
  usual: UsualResult | null = null,
): Record<string, unknown> {
  const { counts, session } = loaded
  return {
    site: counts.siteId,
    bucketMinutes: counts.bucketMinutes,
    from: isoInstant(startOfMinute(counts.fromMinute)),
    to: isoInstant(startOfMinute(counts.toMinute)),
    zone: loaded.chart.zone,
    ...asOfDocument(counts.asOf),
    ...(usual !== null && verdictDocument(usual)),
    buckets: barsOf(loaded).map(({ startMinute, total, counts: each, provisional, state }, at) => {
      const known = state === 'known'
      const count = (priority: number) => (known ? each[priority] : null)
      return {
        start: isoInstant(startOfMinute(startMinute)),
        total: known ? total : null,
        byPriority: session.watched.map(({ id, name }, priority) => ({ id, name, count: count(priority) })),
        provisional,
        known,
        // What is stored of a time that nobody fetched whole.
        ...(state === 'unknown' && { atLeast: total }),
        ...(compared !== null && { compared: thenDocument(compared[at]) }),
        // Of what was not fetched nobody knows whether it was usual.
        ...(usual !== null && { usual: usualDocument(usualOf(usual, at, total), state) }),
      }
    }),
  }
}

function usualDocument(usual: ReturnType<typeof usualOf>, state: Bar['state']) {
  return usual && (state === 'known' ? usual : { ...usual, verdict: state })
}

/** What there was then: null where it is not known, with the least that it can be. */
function thenDocument(bar: ComparedBar | undefined): Record<string, unknown> {
  const { total, state } = bar ?? { total: 0, state: 'unknown' }
  return { total: state === 'known' ? total : null, state, ...(state === 'unknown' && { atLeast: total }) }
}
