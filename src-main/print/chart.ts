import type { UsualResult } from '../../src-shared/contract/alerts/usual.ts'
import type { TimeMark } from '../../src-shared/contract/marks.ts'
import type { Result } from '../../src-shared/contract/methods.ts'
import { intervalFor, INTERVALS, intervalText } from '../../src-shared/domain/interval.ts'
import { gapsText, type Gap, type TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { minuteOf, MINUTES_PER_DAY, startOfMinute, type Minute } from '../../src-shared/domain/minute.ts'
import { startsOf, summarise, type Series } from '../../src-shared/domain/series.ts'
import type { Priority } from '../../src-shared/domain/ticket.ts'
import { wallMinute, wallTime, type WallMinute } from './wall-clock.ts'

/** What a printed chart shows: the same for a terminal and for a picture. */
export interface Chart {
  readonly series: Series
  /** How much of what is shown is over and known (ms): what the average is over. */
  readonly spanMs: number
  /** What of it is over and was not fetched, in order. */
  readonly unknown: readonly Gap[]
  /** The site's clock, epoch ms: what comes after it is not there yet. */
  readonly nowMs: number
  /** Most urgent first, with the names to show: the order in which bars are stacked, from the ground up. */
  readonly priorities: readonly Priority[]
  /** IANA name of the zone in which times are shown. */
  readonly zone: string
  /** Minutes from this one on are not settled; null where all are. */
  readonly provisionalFromMinute: Minute | null
}

/** What lies behind and over the bars of a picture, as far as it is asked for. */
export interface ChartLayers {
  /** What is usual in its buckets. */
  readonly usual?: UsualResult | null
  /** What runs have planned, by the beginnings of its buckets. */
  readonly planned?: Result<'runs.planned'>
  /** In the order of time. */
  readonly marks?: readonly TimeMark[]
}

/** One bar: how many tickets of each priority, in the order of the chart's priorities. */
export interface Bar {
  readonly startMinute: Minute
  readonly minutes: number
  readonly counts: readonly number[]
  readonly total: number
  readonly provisional: boolean
  /** `unknown`: not all of it was fetched, so that its count is the least that it can be. `future`: it is yet to come. */
  readonly state: 'known' | 'unknown' | 'future'
}

const STEP_MINUTES = INTERVALS.filter((minutes) => minutes <= MINUTES_PER_DAY)

/** The chart's bars, neighbours put together to the next longer interval where there are more than `most`. */
export function chartBars(
  chart: Pick<Chart, 'series' | 'priorities' | 'provisionalFromMinute' | 'unknown' | 'nowMs'>,
  most: number,
): Bar[] {
  const { series, priorities } = chart
  const lines = priorities.map(({ id }) => series.counts[series.priorityIds.indexOf(id)] ?? [])
  const minutes = Math.max(0, series.toMinute - series.fromMinute)
  const starts = startsOf(series)
  const buckets = starts.length
  const isTooMany = buckets > most
  const together = isTooMany ? intervalFor(minutes, most, series.bucketMinutes) / series.bucketMinutes : 1
  return Array.from({ length: Math.ceil(buckets / together) }, (_, bar) => {
    const first = bar * together
    const counts = lines.map((line) => sum(line.slice(first, first + together)))
    const startMinute = starts[first] ?? series.toMinute
    const endMinute = starts[first + together] ?? series.toMinute
    return {
      startMinute,
      minutes: endMinute - startMinute,
      counts,
      total: sum(counts),
      provisional: chart.provisionalFromMinute !== null && endMinute > chart.provisionalFromMinute,
      state: stateOf({ fromMs: startOfMinute(startMinute), toMs: startOfMinute(endMinute) }, chart),
    }
  })
}

function stateOf(
  { fromMs, toMs }: TimeSpan,
  { unknown, nowMs }: Pick<Chart, 'unknown' | 'nowMs'>,
): Bar['state'] {
  if (fromMs >= nowMs) return 'future'
  return unknown.some((gap) => gap.fromMs < toMs && gap.toMs > fromMs) ? 'unknown' : 'known'
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0)
}

/** Which time the chart shows: `Thu 15 Jan 2026, 14:00–15:00, Europe/Berlin`. */
export function heading({ series, zone }: Chart): string {
  const from = wallMinute(series.fromMinute, zone)
  const to = wallMinute(series.toMinute, zone)
  const lastMinute = wallMinute(Math.max(series.fromMinute, series.toMinute - 1), zone)
  const span =
    from.day === lastMinute.day ? `${from.clock}–${to.clock}` : `${from.clock} – ${to.day}, ${to.clock}`
  return `${from.day}, ${span}, ${zone}`
}

/**
 * The figures of the chart, as one line: `38 tickets · 0.63 a minute · peak 4 at 14:37 · not fetched since 14:50`. The peak is
 * that of the bars that are drawn.
 */
export function figures(chart: Chart, bars: readonly Bar[]): string[] {
  const { series, spanMs, unknown } = chart
  const { total, perMinute } = summarise(series, spanMs)
  const notFetched = notFetchedText(chart)
  const fullest = fullestOf(bars)
  if (fullest === null) {
    if (unknown.length > 0 && spanMs === 0)
      return [unknown.every(({ isDeleted }) => isDeleted) ? 'Deleted by retention' : 'Not fetched']
    return [`No ${priorityNames(chart)} tickets`, ...notFetched]
  }
  const barMinutes = minutesOf(bars, series)
  const per = barMinutes === 1 ? '' : ` in ${intervalText(barMinutes)}`
  return [
    `${unknown.length > 0 ? 'at least ' : ''}${total} ${total === 1 ? 'ticket' : 'tickets'}`,
    ...(spanMs > 0 ? [`${perMinute.toFixed(2)} a minute`] : []),
    `peak ${fullest.total}${per} at ${momentText(fullest.startMinute, chart)}`,
    ...notFetched,
  ]
}

/** The first of the fullest bars; null where there is no ticket. */
function fullestOf(bars: readonly Bar[]): Bar | null {
  const [first = null, ...others] = bars
  const fullest = others.reduce((most, bar) => (bar.total > (most?.total ?? 0) ? bar : most), first)
  return fullest === null || fullest.total === 0 ? null : fullest
}

/** How long a bar is, in minutes, where neighbours may have been put together; a day is one of 24 hours. */
export function minutesOf(bars: readonly Bar[], { bucketMinutes }: Pick<Series, 'bucketMinutes'>): number {
  const lengths = bars
    .slice(1)
    .map(({ startMinute }, bar) => startMinute - (bars[bar]?.startMinute ?? startMinute))
  const longest = lengths.reduce((most, length) => Math.max(most, length), 0)
  const isOfDays = bucketMinutes % MINUTES_PER_DAY === 0
  const whole = isOfDays ? Math.round(longest / MINUTES_PER_DAY) * MINUTES_PER_DAY : longest
  return Math.max(whole, bucketMinutes)
}

/** What is charted: `Highest and High tickets per 5 min`. */
export function title({ series, priorities }: Chart, bars: readonly Bar[]): string {
  const per = intervalText(minutesOf(bars, series)).replace(/^1 /, '')
  return `${priorities.map(({ name }) => name).join(' and ')} tickets per ${per}`
}

/** `14:37`; of a chart that goes over midnight with the day. */
function momentText(minute: Minute, { series, zone }: Pick<Chart, 'series' | 'zone'>): string {
  const [from, to] = [series.fromMinute, Math.max(series.fromMinute, series.toMinute - 1)]
  const isOneDay = wallMinute(from, zone).dayNumber === wallMinute(to, zone).dayNumber
  return isOneDay ? wallMinute(minute, zone).clock : wallTime(startOfMinute(minute), zone)
}

/** What is not known of the chart, in words; nothing where all is. */
function notFetchedText({ series, zone, unknown, nowMs }: Chart): string[] {
  const span = {
    fromMs: startOfMinute(series.fromMinute),
    toMs: Math.min(nowMs, startOfMinute(series.toMinute)),
  }
  const text = gapsText(unknown, span, (ms) => momentText(minuteOf(ms), { series, zone }))
  return text === '' ? [] : [text]
}

/** Each priority's share of the total, in the chart's order. */
export function priorityTotals({ series, priorities }: Chart): { name: string; total: number }[] {
  return priorities.map(({ id, name }) => ({
    name,
    total: sum(series.counts[series.priorityIds.indexOf(id)] ?? []),
  }))
}

function priorityNames({ priorities }: Chart): string {
  return priorities
    .map(({ name }) => name)
    .toReversed()
    .join(' or ')
}

export interface TimeTick {
  readonly bar: number
  readonly label: string
}

/** Marks at round times of the zone's clock, at most `most` of them. At midnight the day takes the place of the time. */
export function timeTicks(bars: readonly Bar[], zone: string, most: number): TimeTick[] {
  if (most < 1) return []
  const firstMinute = bars[0]?.startMinute ?? 0
  const usual = bars.length < 2 ? 1 : (bars[1]?.startMinute ?? 0) - firstMinute
  const endOf = (bar: number): Minute => bars[bar + 1]?.startMinute ?? (bars[bar]?.startMinute ?? 0) + usual
  const step = timeStep(endOf(bars.length - 1) - firstMinute, most)
  return bars.flatMap(({ startMinute }, bar) => {
    const start = wallMinute(startMinute, zone)
    // Of a bar of several minutes, the first round one may lie within it.
    const later = (step - (clockMinute(start) % step)) % step
    if (startMinute + later >= endOf(bar)) return []
    const at = later === 0 ? start : wallMinute(startMinute + later, zone)
    if (clockMinute(at) % step !== 0) return [] // clocks were changed in between
    return [{ bar, label: at.minuteOfDay === 0 && bar > 0 ? at.shortDay : at.clock }]
  })
}

function clockMinute({ dayNumber, minuteOfDay }: WallMinute): number {
  return dayNumber * MINUTES_PER_DAY + minuteOfDay
}

function timeStep(spanMinutes: number, most: number): number {
  const step = STEP_MINUTES.find((minutes) => Math.ceil(spanMinutes / minutes) <= most)
  return step ?? Math.ceil(spanMinutes / most / MINUTES_PER_DAY) * MINUTES_PER_DAY
}

/** Whole numbers from 0 up to `peak` or just above it, in steps of 1, 2 or 5 times a power of ten, at most `most` steps. */
export function countTicks(peak: number, most: number): number[] {
  const step = countStep(peak, most)
  const steps = Math.max(1, Math.ceil(peak / step))
  return Array.from({ length: steps + 1 }, (_, i) => i * step)
}

function countStep(peak: number, most: number): number {
  for (let power = 1; ; power *= 10) {
    const step = [1, 2, 5].map((factor) => factor * power).find((candidate) => peak / candidate <= most)
    if (step !== undefined) return step
  }
}
