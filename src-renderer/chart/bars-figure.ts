import type { BarData } from 'plotly.js'
import { MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import type { Bin } from './bins.ts'
import { acrossAxis, baseLayout, countAxis, type Figure } from './figure.ts'
import type { Size } from './geometry.ts'
import { priorityColour, type Palette } from './palette.ts'

export interface BarsInput {
  /** All of one width, save the last. */
  readonly bins: readonly Bin[]
  /** Highest first: the first is stacked at the bottom. */
  readonly priorityIds: readonly string[]
  /** What the zone's wall clock shows when the first bin begins; see `wallClockMs`. */
  readonly wallClockMs: number
  /** Share of a bin's width that stays free between two bars. */
  readonly gap: number
  readonly size: Size
  readonly palette: Palette
}

const MOST_EASED = 240
const NARROW_PX = 360
const WIDE_PX = 1_200

/** Bars over time, one a bin, stacked by priority; those whose count may still change are hatched. */
export function barsFigure(input: BarsInput): Figure {
  const { bins, priorityIds, wallClockMs, size, palette } = input
  const minutes = bins.reduce((sum, bin) => sum + bin.minutes, 0)
  const most = bins.reduce((max, bin) => Math.max(max, bin.total), 0)
  return {
    eased: isEased(bins),
    data: priorityIds.map((_id, rank) => priorityBars(input, rank)),
    layout: {
      ...baseLayout(size, palette),
      xaxis: {
        ...acrossAxis(palette),
        type: 'date',
        range: [clockText(wallClockMs), clockText(wallClockMs + minutes * MS_PER_MINUTE)],
        tick0: clockText(wallClockMs),
        dtick: tickMinutes(minutes, size.width) * MS_PER_MINUTE,
        tickformat: '%H:%M',
      },
      yaxis: countAxis(most, palette),
    },
  }
}

function priorityBars(input: BarsInput, rank: number): Partial<BarData> {
  const { bins, wallClockMs, gap, size, palette } = input
  const first = bins[0]?.startMinute ?? 0
  // An empty bar is a bar that can grow; where none eases, it is only work.
  const drawn = isEased(bins) ? bins : bins.filter((bin) => (bin.byPriority[rank] ?? 0) > 0)
  const binMs = (bins[0]?.minutes ?? 1) * MS_PER_MINUTE
  return {
    type: 'bar',
    // Bars are eased to new heights only while they stand for the same thing at the same place.
    uid: `${rank}-${wallClockMs}-${binMs}-${size.width}x${size.height}`,
    x: drawn.map((bin) => clockText(wallClockMs + (bin.startMinute - first) * MS_PER_MINUTE)),
    y: drawn.map((bin) => bin.byPriority[rank] ?? 0),
    width: binMs * (1 - gap),
    offset: (binMs * gap) / 2,
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
  return bins.length <= MOST_EASED
}

function unsure(bin: Bin): boolean {
  return bin.state === 'unsettled' || bin.state === 'unfinished'
}

/** Minutes between two labels of the time axis. */
function tickMinutes(minutes: number, widthPx: number): number {
  const perLabel = widthPx >= WIDE_PX ? minutes / 12 : widthPx <= NARROW_PX ? minutes / 3 : minutes / 6
  return Math.max(1, Math.round(perLabel))
}

/** The form in which Plotly takes a time that has no zone. */
function clockText(wallClockMs: number): string {
  return new Date(wallClockMs).toISOString().slice(0, 16).replace('T', ' ')
}
