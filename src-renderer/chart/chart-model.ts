import type { CountsSplit } from '../../src-shared/contract/fields.ts'
import type { CountsResult, Session } from '../../src-shared/contract/tickets.ts'
import type { TimeMark } from '../../src-shared/contract/marks.ts'
import { INTERVALS, MAX_BARS } from '../../src-shared/domain/interval.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { plannedOfBars } from '../../src-shared/domain/layers/planned-bars.ts'
import { usualOfBars, type UsualBar } from '../../src-shared/domain/layers/usual-bars.ts'
import { startOfMinute, type Minute } from '../../src-shared/domain/minute.ts'
import { distribution, startsOf, type DistributionBar, type Series } from '../../src-shared/domain/series.ts'
import { marksByBar } from '../../src-shared/domain/time-marks.ts'
import type { Priority } from '../../src-shared/domain/ticket.ts'
import { comparedWith, type ComparedBar } from '../../src-shared/domain/compare/compared-bars.ts'
import type { DashboardState } from '../live/dashboard-state.ts'
import { dayText, spanText, ticketsText, timesText, timeText } from '../live/text.ts'
import type { View } from '../settings/preferences.ts'
import { modelSplit, type ModelSplit, type SplitColours } from './stack.ts'

/** Of the heat view, whose hours are of no span, the model is the histogram’s. */
type DrawnView = Exclude<View, 'heat'>

/** What the panel shows of a span: chart, table, readout and keys all go by this. */
export interface ChartModel {
  /** What is drawn: of a span too long for a bar a minute the histogram, whatever was chosen. */
  readonly view: DrawnView
  readonly isTooLong: boolean
  /** A bar a minute in these colours would be more marks than are drawn. */
  readonly isCrowded: boolean
  /** Minutes that a bar stands for; of days and weeks, those of an ordinary one. */
  readonly barMinutes: number
  readonly zone: string
  /** In the order of the bins' `byPriority`. */
  readonly priorities: readonly Priority[]
  /** What the bars are coloured by instead; null: by priority. */
  readonly split: ModelSplit | null
  /** The bars of `bar` and `histogram`; minute by minute in `distribution`. */
  readonly bins: readonly Bin[]
  /** What was not fetched of them, in order. */
  readonly gaps: readonly TimeSpan[]
  /** Tickets that runs have planned for each bin; null where none has any. */
  readonly planned: readonly number[] | null
  /** What each bin is compared with; null where nothing is, or it has not been read yet. */
  readonly compared: readonly ComparedBar[] | null
  /** What is usual in each bin; null where nothing is known of that. */
  readonly usual: readonly (UsualBar | null)[] | null
  /** What was marked in them, in the order of time. */
  readonly marks: readonly TimeMark[]
  /** How high the highest bar is, or the outline of what is planned or compared with. */
  readonly most: number
  /** The minutes that are over, as far as they are known. */
  readonly finished: readonly Bin[]
  /** The bars of `distribution`; empty in the other views. */
  readonly distribution: readonly DistributionBar[]
  /** How many bars stand side by side. */
  readonly slots: number
}

/** Until when what is shown is known: see `DashboardState`. */
interface Knowledge {
  readonly nowMinute: Minute
  readonly knownMinute: Minute | null
  readonly gaps: readonly TimeSpan[]
  readonly planned?: DashboardState['planned']
  readonly marks?: DashboardState['marks']
  readonly comparison?: DashboardState['comparison']
  readonly other?: DashboardState['compared']
  readonly splitColours?: SplitColours
  readonly usual?: DashboardState['usual']
}

/** The model of the counts shown, in the view chosen. */
export function chartModel(
  counts: CountsResult,
  session: Pick<Session, 'zone' | 'watched'>,
  known: Knowledge,
  { view: wanted, interval }: { readonly view: View; readonly interval: number },
): ChartModel {
  const { nowMinute, knownMinute, gaps, planned = [], marks = [] } = known
  const { comparison = null, other = null, splitColours = {}, usual = null } = known
  const chosen = wanted === 'heat' ? 'histogram' : wanted
  const isTooLong = counts.toMinute - counts.fromMinute > MAX_BARS
  const isOfTime = isTooLong || chosen !== 'distribution'
  const asked = isTooLong || chosen === 'histogram' ? interval : 1
  const barMinutes = isOfTime ? barOf(counts, asked) : 1
  const isCrowded = isOfTime && barMinutes > asked
  const view = isTooLong || isCrowded ? 'histogram' : chosen
  const shown = { ...counts, gaps }
  const minutes = binsOf(shown, 1, nowMinute)
  const finished = minutes
    .filter((bin) => bin.state === 'settled' || bin.state === 'unsettled')
    .filter((bin) => knownMinute === null || bin.startMinute < knownMinute)
  const bars = view === 'distribution' ? distribution(totalsOf(finished)) : []
  const bins = view === 'histogram' ? binsOf(shown, barMinutes, nowMinute) : minutes
  const outline = view === 'distribution' ? null : plannedOfBars(bins, planned)
  const compared =
    comparison === null || other === null || view === 'distribution'
      ? null
      : comparedWith(bins.map(binSpan), comparison, other, session.zone)
  const band = view === 'distribution' ? null : usualOfBars(bins, usual)
  return {
    view,
    isTooLong,
    isCrowded,
    barMinutes,
    zone: session.zone,
    priorities: counts.priorityIds.map(
      (id) => session.watched.find((priority) => priority.id === id) ?? { id, name: `Priority ${id}` },
    ),
    split: counts.split === undefined ? null : modelSplit(counts.split, splitColours),
    bins,
    gaps,
    planned: outline,
    compared,
    usual: band,
    marks,
    most: Math.max(
      0,
      ...bins.map(heightOf),
      ...(compared ?? []).map(({ total }) => total),
      ...(outline ?? []),
      ...(band ?? []).map((bar) => bar?.high ?? 0),
    ),
    finished,
    distribution: bars,
    slots: view === 'distribution' ? bars.length : bins.length,
  }
}

/** How high a bar is: parts may have tickets in common. */
export function heightOf({ parts, total }: Bin): number {
  return parts === undefined ? total : Math.max(total, sum(parts))
}

/** Minutes that a bar stands for, at least those asked for: in the colours of a split no more than 1,500 marks are drawn. */
function barOf({ split, bucketMinutes, fromMinute, toMinute }: CountsResult, asked: number): number {
  const parts = split?.parts.length ?? 1
  const fits = (minutes: number): boolean => Math.ceil((toMinute - fromMinute) / minutes) * parts <= MAX_BARS
  if (split === undefined || fits(asked)) return asked
  return INTERVALS.find((one) => one >= asked && one % bucketMinutes === 0 && fits(one)) ?? asked
}

/** Whether a bar is hatched since its count may change: one without tickets is not to be seen. */
export function hasUnsettled(bins: readonly Bin[]): boolean {
  return bins.some(({ state, total }) => total > 0 && (state === 'unsettled' || state === 'unfinished'))
}

/** The tickets of each bin. */
export function totalsOf(bins: readonly Bin[]): number[] {
  return bins.map((bin) => bin.total)
}

/**
 * How far a bin's count can be trusted. `unsettled`: Jira's index may still hold tickets back. `unfinished`: its time
 * is not over. `future`: its time has not begun. `unknown`: not all of it was fetched, and the count is the least that
 * it can be.
 */
type BinState = 'settled' | 'unsettled' | 'unfinished' | 'future' | 'unknown'

/** One bar: the tickets of `minutes` minutes. `byPriority` has the order of the series' `priorityIds`. */
export interface Bin {
  readonly startMinute: Minute
  readonly minutes: number
  readonly byPriority: readonly number[]
  readonly total: number
  /** By the parts of the split, where there is one. */
  readonly parts?: readonly number[]
  readonly state: BinState
}

/** What is known of a span's minutes: the series, by buckets of whole minutes, and from when on it may still change. */
export type MinuteCounts = Series & {
  readonly provisionalFromMinute: Minute
  readonly split?: CountsSplit | undefined
  readonly gaps: readonly TimeSpan[]
}

/**
 * The bars of a span, `minutes` wide, at least as wide as its buckets; the last one may be narrower. Bins without tickets
 * are there too.
 */
export function binsOf(counts: MinuteCounts, minutes: number, nowMinute: Minute): Bin[] {
  const starts = startsOf(counts)
  const buckets = Math.max(1, Math.round(minutes / counts.bucketMinutes))
  const bins: Bin[] = []
  for (let first = 0; first < starts.length; first += buckets) {
    const start = starts[first] ?? counts.fromMinute
    const end = starts[first + buckets] ?? counts.toMinute
    const inBin = (line: readonly number[]): number => sum(line.slice(first, first + buckets))
    const byPriority = counts.counts.map(inBin)
    const parts = counts.split?.parts.map((part) => inBin(part.counts))
    bins.push({
      startMinute: start,
      minutes: end - start,
      byPriority,
      total: sum(byPriority),
      ...(parts && { parts }),
      state: isIn(counts.gaps, start, end)
        ? 'unknown'
        : binState(start, end, counts.provisionalFromMinute, nowMinute),
    })
  }
  return bins
}

function isIn(gaps: readonly TimeSpan[], start: Minute, end: Minute): boolean {
  return gaps.some(({ fromMs, toMs }) => fromMs < startOfMinute(end) && toMs > startOfMinute(start))
}

function binState(start: Minute, end: Minute, provisionalFrom: Minute, nowMinute: Minute): BinState {
  if (start > nowMinute) return 'future'
  if (end > nowMinute) return 'unfinished'
  return end > provisionalFrom ? 'unsettled' : 'settled'
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((a, b) => a + b, 0)
}

/** Where keys begin to move: at the newest bar that is over, since what follows it is empty. */
export function newestSlot({ view, bins, slots }: ChartModel): number {
  if (view === 'distribution') return 0
  const over = bins.findLastIndex(({ state }) => state !== 'future' && state !== 'unfinished')
  return over === -1 ? slots - 1 : over
}

/** `High or Highest`, `P2, P1 or P0`: any of them. */
export function eitherText(priorities: readonly Priority[]): string {
  const names = priorities.map(({ name }) => name)
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' or ')
}

/** The time of a bar in epoch ms. */
export function binSpan(bin: Bin): TimeSpan {
  return { fromMs: startOfMinute(bin.startMinute), toMs: startOfMinute(bin.startMinute + bin.minutes) }
}

/** The time of all bars, epoch ms. */
export function spanOfModel({ bins }: Pick<ChartModel, 'bins'>): TimeSpan {
  const [first, last] = [bins[0], bins.at(-1)]
  return {
    fromMs: startOfMinute(first?.startMinute ?? 0),
    toMs: startOfMinute((last?.startMinute ?? 0) + (last?.minutes ?? 0)),
  }
}

/** `14:37` for a minute, `14:30–14:40` for more; with the day where the chart has several, `Tue 24 Nov` for all of one. */
export function binTimeText(bin: Bin, model: Pick<ChartModel, 'bins' | 'zone'>): string {
  const { zone } = model
  const all = spanOfModel(model)
  const span = binSpan(bin)
  const isOneDay = dayText(all.fromMs, zone, all.toMs) === dayText(all.toMs - 1, zone, all.toMs)
  if (!isOneDay)
    return bin.minutes === 1
      ? `${dayText(span.fromMs, zone, all.toMs)}, ${timeText(span.fromMs, zone)}`
      : timesText(span, zone, all.toMs)
  return bin.minutes === 1 ? timeText(span.fromMs, zone) : spanText(span, zone)
}

/** The first of the fullest bars; null where there is no ticket. */
export function fullestBin(bins: readonly Bin[]): Bin | null {
  const most = bins.reduce((max, bin) => Math.max(max, bin.total), 0)
  return bins.find((bin) => most > 0 && bin.total === most) ?? null
}

/** What a bar's colour says of its state, or nothing where it is settled. */
export function stateText(state: BinState): string {
  return {
    settled: '',
    unsettled: 'not settled yet',
    unfinished: 'not over yet',
    future: 'still to come',
    unknown: 'not fetched',
  }[state]
}

/** How many tickets a bar has: `4 tickets`, `at least 4 tickets`; nothing where nothing is known, or its time is to come. */
export function binTicketsText({ state, total }: Pick<Bin, 'state' | 'total'>): string {
  if (state === 'future' && total === 0) return ''
  if (state !== 'unknown') return ticketsText(total)
  return total === 0 ? '' : `at least ${ticketsText(total)}`
}

/** The marks of each bar, in the order of the bars. */
export function marksOfBars({ bins, marks }: Pick<ChartModel, 'bins' | 'marks'>): readonly TimeMark[][] {
  const starts = bins.map(({ startMinute }) => startMinute)
  return marksByBar(marks, starts, (bins.at(-1)?.startMinute ?? 0) + (bins.at(-1)?.minutes ?? 0))
}
