import type { BarData, Data, Layout, LayoutAxis } from 'plotly.js'
import type { MinuteSpan } from '../../src-shared/domain/minute.ts'
import type { DistributionBar } from '../../src-shared/domain/series.ts'
import type { Bin, ChartModel } from './chart-model.ts'
import { countScale, MARGIN, type BoxSize } from './geometry.ts'
import { timeTicks, type AxisTick } from './time-axis.ts'

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
const NARROW_PX = 360
const WIDE_PX = 1_200

/** The layout that all views share: quiet axes, nothing to zoom, drag or hover, since the panel around does that. */
function baseLayout(size: BoxSize, palette: Palette): Partial<Layout> {
  return {
    width: size.width,
    height: size.height,
    margin: { ...MARGIN, pad: 0 },
    paper_bgcolor: 'transparent',
    plot_bgcolor: 'transparent',
    font: { family: palette.font, size: 12, color: palette.text },
    showlegend: false,
    hovermode: false,
    dragmode: false,
    barmode: 'stack',
    bargap: 0,
  }
}

/** A horizontal axis without lines through the plot. */
function acrossAxis(palette: Palette): Partial<LayoutAxis> {
  return {
    fixedrange: true,
    showgrid: false,
    zeroline: false,
    showline: true,
    linecolor: palette.baseline,
    ticks: 'outside',
    ticklen: 4,
    tickcolor: palette.baseline,
    automargin: false,
  }
}

/** The axis of counts, with lines at whole numbers, for a highest bar of `most`. */
function countAxis(most: number, palette: Palette): Partial<LayoutAxis> {
  const { top, step } = countScale(most)
  return {
    fixedrange: true,
    range: [0, top],
    tick0: 0,
    dtick: step,
    gridcolor: palette.grid,
    zeroline: false,
    ticks: '',
    ticklabelstandoff: 8,
    automargin: false,
  }
}

export interface BarsInput {
  /** Without a hole between them. */
  readonly bins: readonly Bin[]
  /** Highest first: the first is stacked at the bottom. */
  readonly priorityIds: readonly string[]
  readonly ticks: readonly AxisTick[]
  /** Share of a bin's width that stays free between two bars. */
  readonly gap: number
  /** How high the axis has to reach: what is drawn over the bars may be higher. */
  readonly most: number
  readonly size: BoxSize
  readonly palette: Palette
}

/** Bars over time, one a bin, stacked by priority; those whose count may still change are hatched. */
export function barsFigure(input: BarsInput): Figure {
  const { bins, priorityIds, ticks, most, size, palette } = input
  const minutes = bins.reduce((sum, bin) => sum + bin.minutes, 0)
  return {
    eased: isEased(bins),
    data: priorityIds.map((_id, rank) => priorityBars(input, rank)),
    layout: {
      ...baseLayout(size, palette),
      xaxis: {
        ...acrossAxis(palette),
        range: [0, minutes],
        tickmode: 'array',
        tickvals: ticks.map(({ at }) => at),
        ticktext: ticks.map(({ text }) => text),
      },
      yaxis: countAxis(most, palette),
    },
  }
}

function priorityBars(input: BarsInput, rank: number): Partial<BarData> {
  const { bins, gap, size, palette } = input
  const { startMinute: first, minutes: width } = bins[0] ?? { startMinute: 0, minutes: 1 }
  // An empty bar is a bar that can grow; where none eases, it is only work.
  const drawn = isEased(bins) ? bins : bins.filter((bin) => (bin.byPriority[rank] ?? 0) > 0)
  // One number where all are alike: Plotly takes an array bar by bar.
  const each = (of: (minutes: number) => number): number | number[] =>
    bins.every(({ minutes }) => minutes === width) ? of(width) : drawn.map(({ minutes }) => of(minutes))
  return {
    type: 'bar',
    // Bars are eased to new heights only while they stand for the same thing at the same place.
    uid: `${rank}-${first}-${width}-${size.width}x${size.height}`,
    x: drawn.map((bin) => bin.startMinute - first),
    y: drawn.map((bin) => bin.byPriority[rank] ?? 0),
    width: each((minutes) => minutes * (1 - gap)),
    offset: each((minutes) => (minutes * gap) / 2),
    marker: { color: priorityColour(palette, rank), line: { width: 0 }, ...hatching(drawn, rank, palette) },
    hoverinfo: 'skip',
  }
}

function hatching(
  bins: readonly Bin[],
  rank: number,
  palette: Palette,
): Partial<NonNullable<BarData['marker']>> {
  if (!bins.some(unsure)) return {}
  return {
    pattern: {
      shape: bins.map((bin) => (unsure(bin) ? '/' : '')),
      fillmode: 'replace',
      fgcolor: priorityColour(palette, rank),
      bgcolor: 'transparent',
      size: 5,
      solidity: 0.5,
    },
  }
}

function isEased(bins: readonly Bin[]): boolean {
  return bins.length <= MAX_EASED_BARS
}

function unsure(bin: Bin): boolean {
  return bin.state === 'unsettled' || bin.state === 'unfinished' || bin.state === 'unknown'
}

/** How many labels a time axis has room for. */
function mostTicks(widthPx: number): number {
  if (widthPx >= WIDE_PX) return 12
  return widthPx <= NARROW_PX ? 3 : 6
}

/** How many minutes had k tickets, as bars, and what Poisson expects, as a line with markers. */
export function distributionFigure(
  bars: readonly DistributionBar[],
  size: BoxSize,
  palette: Palette,
): Figure {
  const most = bars.reduce((max, bar) => Math.max(max, bar.observed, bar.expected), 0)
  const x = bars.map((bar) => bar.tickets)
  const place = `${bars.length}-${size.width}x${size.height}`
  return {
    eased: true,
    data: [
      {
        type: 'bar',
        uid: `observed-${place}`,
        x,
        y: bars.map((bar) => bar.observed),
        width: 1 - GAP,
        marker: { color: palette.minutes, line: { width: 0 } },
        hoverinfo: 'skip',
      },
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
      ...baseLayout(size, palette),
      xaxis: {
        ...acrossAxis(palette),
        range: [-0.5, bars.length - 0.5],
        tickmode: 'array',
        tickvals: x,
        ticktext: bars.map((bar) => ticketsLabel(bar, bars.length)),
      },
      yaxis: countAxis(most, palette),
    },
  }
}

/** The last bar takes the whole upper tail, so its number is the least that it stands for. */
export function ticketsLabel(bar: DistributionBar, bars: number): string {
  return bar.tickets === bars - 1 ? `${bar.tickets}+` : String(bar.tickets)
}

/** The figure of a model, in its view. */
export function figureOf(model: ChartModel, size: BoxSize, palette: Palette): Figure {
  if (model.view === 'distribution') return distributionFigure(model.distribution, size, palette)
  return barsFigure({
    bins: model.bins,
    priorityIds: model.priorities.map((priority) => priority.id),
    ticks: timeTicks(minutesOf(model.bins), model.zone, mostTicks(size.width)),
    gap: model.view === 'bar' ? MINUTE_GAP : BIN_GAP,
    most: model.most,
    size,
    palette,
  })
}

function minutesOf(bins: readonly Bin[]): MinuteSpan {
  const [first, last] = [bins[0], bins.at(-1)]
  return { fromMinute: first?.startMinute ?? 0, toMinute: (last?.startMinute ?? 0) + (last?.minutes ?? 0) }
}

/** The colours and the font that Plotly needs as plain values, taken from the tokens of the theme in force. */
export interface Palette {
  readonly font: string
  readonly text: string
  readonly grid: string
  readonly baseline: string
  readonly minutes: string
  readonly expected: string
  /** By rank of urgency, most urgent first. */
  readonly priorities: readonly string[]
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
    priorities: Array.from({ length: RANKS }, (_, rank) => colour(`--priority-${rank + 1}`)),
  }
}

/** The colour of a rank; ranks beyond the last share its colour. */
function priorityColour(palette: Palette, rank: number): string {
  return palette.priorities[Math.min(rank, RANKS - 1)] ?? palette.text
}

/** `rgb(165, 48, 26)` as `#a5301a`: Plotly parses the colour of every bar at every draw, and this form fastest. */
export function hex(rgb: string): string {
  const channels = rgb.match(/\d+/g) ?? []
  return `#${channels
    .slice(0, 3)
    .map((channel) => Number(channel).toString(16).padStart(2, '0'))
    .join('')}`
}
