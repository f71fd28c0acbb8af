import type { Data, Layout, LayoutAxis, ScatterData } from 'plotly.js'
import type { DistributionBar } from '../../src-shared/domain/series.ts'
import { barTrace, createGrid, hatchOf, type StandingBar } from './bar-outlines.ts'
import type { Bin, ChartModel } from './chart-model.ts'
import { countScale, MARGIN, plotHeight, plotWidth, type BoxSize } from './geometry.ts'
import { SPLIT_COLOURS, stackedIn, stackOf, tokenOf, type StackColour, type StackPart } from './stack.ts'

/** What Plotly is given to draw. */
export interface Figure {
  readonly data: Data[]
  readonly layout: Partial<Layout>
  /** Whether bars ease to new heights. Thousands of them would cost more frames than the easing lasts. */
  readonly eased: boolean
}

const RANKS = 5

/** Minutes stand apart; the bins of a histogram nearly touch. */
const MINUTE_GAP = 0.24
const BIN_GAP = 0.04
const GAP = 0.35
const MAX_EASED_BARS = 240

/** The layout that all views share: nothing to zoom, drag or hover, since the panel around does that. */
function baseLayout(size: BoxSize): Partial<Layout> {
  return {
    width: size.width,
    height: size.height,
    margin: { ...MARGIN, pad: 0 },
    paper_bgcolor: 'transparent',
    plot_bgcolor: 'transparent',
    showlegend: false,
    hovermode: false,
    dragmode: false,
  }
}

/** Its lines and labels are ours (`axes/chart-axes.tsx`): Plotly would make them anew at every draw. */
function axis(range: [number, number]): Partial<LayoutAxis> {
  return { type: 'linear', range, fixedrange: true, visible: false }
}

export interface BarsInput {
  /** Without a hole between them. */
  readonly bins: readonly Bin[]
  /** The first is stacked at the bottom. */
  readonly stack: readonly StackPart[]
  /** Share of a bin's width that stays free between two bars. */
  readonly gap: number
  /** How high the axis has to reach: what is drawn over the bars may be higher. */
  readonly most: number
  readonly size: BoxSize
  readonly palette: Palette
}

/** Bars over time, one a bin, stacked by priority; those whose count may still change are hatched. */
export function barsFigure(input: BarsInput): Figure {
  const { bins, stack, most, size } = input
  return {
    eased: isEased(bins),
    data: stack.flatMap((part, place) => partBars(input, part, place)),
    layout: {
      ...baseLayout(size),
      xaxis: axis([0, minutesIn(bins)]),
      yaxis: axis([0, countScale(most).top]),
    },
  }
}

/** A part's bars: those that are sure, and those that are not. */
function partBars(input: BarsInput, { colour }: StackPart, place: number): Partial<ScatterData>[] {
  const { bins, size, palette } = input
  const { startMinute: first, minutes: width } = bins[0] ?? { startMinute: 0, minutes: 1 }
  // Bars are eased to new heights only while they stand for the same thing at the same place.
  // It becomes part of a selector: no text of others may be in it.
  const uid = `${colour.of}${colour.index}-${first}-${width}-${size.width}x${size.height}`
  const color = colourOf(palette, colour)
  const stood = standingBars(input, place)
  const isUnsure = bins.map(unsure)
  // An empty bar is a bar that can grow; where none eases, it is only work.
  const bars = (ofUnsure: boolean): StandingBar[] =>
    stood.filter(({ base, top }, i) => isUnsure[i] === ofUnsure && (top > base || isEased(bins)))
  const shape = shapeOf(palette, colour)
  const sure = {
    ...barTrace(uid, bars(false), color),
    ...(shape !== '' && { fillpattern: hatchOf(color, shape) }),
  }
  if (!isUnsure.includes(true)) return [sure]
  return [sure, { ...barTrace(`${uid}-unsure`, bars(true), color), fillpattern: hatchOf(color) }]
}

/** By which the parts of a split are told apart where colours are the system's; what may still change is hatched in any. */
const SHAPES = ['', '\\', 'x', '-', '.', '+', '|', ''] as const

function shapeOf({ isForced }: Palette, { of, index }: StackColour): (typeof SHAPES)[number] {
  return isForced && of === 'split' ? (SHAPES[index] ?? '') : ''
}

/** The bars of a part on those below it, on whole pixels. */
function standingBars({ bins, gap, most, size }: BarsInput, place: number): StandingBar[] {
  const first = bins[0]?.startMinute ?? 0
  const across = createGrid(minutesIn(bins), plotWidth(size.width))
  const up = createGrid(countScale(most).top, plotHeight(size.height))
  return bins.map((bin) => {
    const { startMinute, minutes } = bin
    const start = startMinute - first + (minutes * gap) / 2
    const stacked = stackedIn(bin)
    const below = stacked.slice(0, place).reduce((sum, count) => sum + count, 0)
    const [from, to] = across(start, start + minutes * (1 - gap))
    const [base, top] = up(below, below + (stacked[place] ?? 0))
    return { from, to, base, top }
  })
}

export function minutesIn(bins: readonly Bin[]): number {
  return bins.reduce((sum, bin) => sum + bin.minutes, 0)
}

function isEased(bins: readonly Bin[]): boolean {
  return bins.length <= MAX_EASED_BARS
}

function unsure(bin: Bin): boolean {
  return bin.state === 'unsettled' || bin.state === 'unfinished' || bin.state === 'unknown'
}

/** How many minutes had k tickets, as bars, and what Poisson expects, as a line with markers. */
export function distributionFigure(
  bars: readonly DistributionBar[],
  size: BoxSize,
  palette: Palette,
): Figure {
  const most = mostMinutes(bars)
  const x = bars.map((bar) => bar.tickets)
  const place = `${bars.length}-${size.width}x${size.height}`
  return {
    eased: true,
    data: [
      barTrace(`observed-${place}`, observedBars(bars, most, size), palette.minutes),
      {
        type: 'scatter',
        uid: `expected-${place}`,
        mode: 'lines+markers',
        x,
        y: bars.map((bar) => bar.expected),
        line: { color: palette.expected, width: 1.5, dash: 'dot' },
        marker: { color: palette.expected, size: 6 },
        cliponaxis: false,
        hoverinfo: 'skip',
      },
    ],
    layout: {
      ...baseLayout(size),
      xaxis: axis([-0.5, bars.length - 0.5]),
      yaxis: axis([0, countScale(most).top]),
    },
  }
}

/** The highest of the distribution's bars, and of what chance expects of them. */
export function mostMinutes(bars: readonly DistributionBar[]): number {
  return bars.reduce((max, bar) => Math.max(max, bar.observed, bar.expected), 0)
}

function observedBars(bars: readonly DistributionBar[], most: number, size: BoxSize): StandingBar[] {
  const across = createGrid(bars.length, plotWidth(size.width))
  const up = createGrid(countScale(most).top, plotHeight(size.height))
  return bars.map(({ observed }, i) => {
    // The axis begins half a bar before the first.
    const [from, to] = across(i + GAP / 2, i + 1 - GAP / 2)
    const [base, top] = up(0, observed)
    return { from: from - 0.5, to: to - 0.5, base, top }
  })
}

/** The last bar takes the whole upper tail, so its number is the least that it stands for. Alone it has none. */
export function ticketsLabel(bar: DistributionBar, bars: number): string {
  return bar.tickets > 0 && bar.tickets === bars - 1 ? `${bar.tickets}+` : String(bar.tickets)
}

/** The figure of a model, in its view. */
export function figureOf(model: ChartModel, size: BoxSize, palette: Palette): Figure {
  if (model.view === 'distribution') return distributionFigure(model.distribution, size, palette)
  return barsFigure({
    bins: model.bins,
    stack: stackOf(model),
    gap: model.view === 'bar' ? MINUTE_GAP : BIN_GAP,
    most: model.most,
    size,
    palette,
  })
}

/** The colours, and the font of pictures, as plain values, taken from the tokens of the theme in force. */
export interface Palette {
  readonly font: string
  readonly text: string
  readonly grid: string
  readonly baseline: string
  readonly minutes: string
  readonly expected: string
  /** By rank of urgency, most urgent first. */
  readonly priorities: readonly string[]
  /** By place in a split. */
  readonly splits: readonly string[]
  /** Colours are the system's. */
  readonly isForced: boolean
}

/** Reads the palette. The colours are registered properties (`tokens.css`), so what is computed is a colour. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string): string => hex(style.getPropertyValue(name))
  return {
    font: style.fontFamily,
    text: colour('--chart-text'),
    grid: colour('--chart-grid'),
    baseline: colour('--chart-baseline'),
    minutes: colour('--chart-minutes'),
    expected: colour('--chart-expected'),
    priorities: Array.from({ length: RANKS }, (_, index) => colour(tokenOf({ of: 'priority', index }))),
    splits: Array.from({ length: SPLIT_COLOURS }, (_, index) => colour(tokenOf({ of: 'split', index }))),
    isForced: matchMedia('(forced-colors: active)').matches,
  }
}

/** The colour of a part; ranks beyond the last share its colour. */
export function colourOf({ priorities, splits, text }: Palette, { of, index }: StackColour): string {
  const colours = of === 'priority' ? priorities : splits
  return colours[Math.min(index, colours.length - 1)] ?? text
}

/** `rgb(165, 48, 26)` as `#a5301a`: Plotly parses the colour of every bar at every draw, and this form fastest. */
export function hex(rgb: string): string {
  const channels = rgb.match(/\d+/g) ?? []
  return `#${channels
    .slice(0, 3)
    .map((channel) => Number(channel).toString(16).padStart(2, '0'))
    .join('')}`
}
