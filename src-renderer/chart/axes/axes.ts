import type { MinuteSpan } from '../../../src-shared/domain/minute.ts'
import type { Bin, ChartModel } from '../chart-model.ts'
import { minutesIn, mostMinutes, ticketsLabel } from '../figures.ts'
import { countScale, countTop, MARGIN, plotWidth, type BoxSize } from '../geometry.ts'
import { timeTicks } from './time-axis.ts'

const NARROW_PX = 360
const WIDE_PX = 1_200
/** A letter of an axis is as wide at most, on average. */
const LETTER_PX = 7

/** A label and where it belongs, in pixels of the chart's box. */
interface AxisLabel {
  readonly at: number
  readonly text: string
}

/** Of counts from the base upwards, and of times or numbers of tickets along it. */
export interface ChartAxes {
  readonly counts: readonly AxisLabel[]
  readonly along: readonly AxisLabel[]
}

/** The labels of a chart's axes; without a model, where the lines of one will be that has few tickets. */
export function axesOf(model: ChartModel | null, size: BoxSize): ChartAxes {
  if (model === null) return { counts: countLabels(0, size).map(({ at }) => ({ at, text: '' })), along: [] }
  const isOfCounts = model.view === 'distribution'
  return {
    counts: countLabels(isOfCounts ? mostMinutes(model.distribution) : model.most, size),
    along: isOfCounts ? ticketLabels(model, size) : timeLabels(model, size),
  }
}

/** At whole numbers. */
function countLabels(most: number, { height }: BoxSize): AxisLabel[] {
  const { top, step } = countScale(most)
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, i) => ({
    at: countTop(i * step, top, height),
    text: shortText(i * step),
  }))
}

/** `9,500` has room beside the chart, `12,000` has not: `12k`. */
function shortText(count: number): string {
  if (count >= 1_000_000) return `${count / 1_000_000}M`
  return count >= 10_000 ? `${count / 1_000}k` : count.toLocaleString('en-GB')
}

function timeLabels({ bins, zone }: ChartModel, { width }: BoxSize): AxisLabel[] {
  const pxPerMinute = plotWidth(width) / (minutesIn(bins) || 1)
  return timeTicks(minutesOf(bins), zone, mostTicks(width))
    .map(({ at, text }) => ({ at: MARGIN.l + at * pxPerMinute, text }))
    .filter(({ at, text }) => at + (text.length * LETTER_PX) / 2 <= width)
}

/** Below the middles of bars, as many as stand apart. */
function ticketLabels({ distribution, slots }: ChartModel, { width }: BoxSize): AxisLabel[] {
  const px = plotWidth(width) / (distribution.length || 1)
  const labels = distribution.map((bar, i) => ({
    at: MARGIN.l + (i + 0.5) * px,
    text: ticketsLabel(bar, slots),
  }))
  const longest = labels.reduce((max, { text }) => Math.max(max, text.length), 0)
  const every = Math.ceil(((longest + 1) * LETTER_PX) / px)
  return labels.filter((_, i) => i % every === 0)
}

/** How many labels a time axis has room for. */
function mostTicks(widthPx: number): number {
  if (widthPx >= WIDE_PX) return 12
  return widthPx <= NARROW_PX ? 3 : 6
}

function minutesOf(bins: readonly Bin[]): MinuteSpan {
  const [first, last] = [bins[0], bins.at(-1)]
  return { fromMinute: first?.startMinute ?? 0, toMinute: (last?.startMinute ?? 0) + (last?.minutes ?? 0) }
}
