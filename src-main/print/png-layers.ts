import type { TimeMark } from '../../src-shared/contract/marks.ts'
import { flagsOfMarks } from '../../src-shared/domain/layers/flags.ts'
import type { BarPlaces } from '../../src-shared/domain/layers/bar-places.ts'
import { plannedOfBars, plannedPaths } from '../../src-shared/domain/layers/planned-bars.ts'
import { bandPath, isUnusual, unusualPath, usualOfBars } from '../../src-shared/domain/layers/usual-bars.ts'
import { MS_PER_MINUTE, startOfMinute } from '../../src-shared/domain/minute.ts'
import { markText } from '../../src-shared/domain/time-marks.ts'
import type { Bar, ChartLayers } from './chart.ts'
import { drawPath, textWidth, UNIT, write, type Block, type Brush, type Plot } from './png-brush.ts'
import { wallTime } from './wall-clock.ts'

/** What lies behind and over the bars, as in the window; each null where there is nothing of it. */
export type DrawnLayers = ReturnType<typeof layersOf>

export function layersOf(bars: readonly Bar[], { usual = null, planned = [], marks = [] }: ChartLayers) {
  return { usual: usualOfBars(bars, usual), planned: plannedOfBars(bars, planned), marks }
}

/** How high the highest of them is. */
export function heightOfLayers({ usual, planned }: DrawnLayers): number {
  return Math.max(0, ...(planned ?? []), ...(usual ?? []).map((bar) => bar?.high ?? 0))
}

/** In units of the window. */
function placesOf(plot: Plot, bars: readonly Bar[]): BarPlaces {
  const step = plot.width / bars.length
  return {
    left: (slot) => Math.round((plot.left + slot * step) / UNIT),
    top: (count) => Math.round((plot.top + plot.height * (1 - count / plot.ceiling)) / UNIT),
  }
}

/** Behind the bars: from where to where nine in ten bars of this hour of the week reach. */
export function drawBehind(brush: Brush, plot: Plot, bars: readonly Bar[], { usual }: DrawnLayers): void {
  if (usual === null) return
  const { usual: fill, usualEdge: stroke } = brush.colours
  drawPath(brush, bandPath(usual, placesOf(plot, bars)), { fill, stroke, width: 1 })
}

/** Over the bars: what is unusual, what runs have planned, and what was marked. */
export function drawOver(
  brush: Brush,
  plot: Plot,
  bars: readonly Bar[],
  { layers: { usual, planned, marks }, zone }: { readonly layers: DrawnLayers; readonly zone: string },
): void {
  const places = placesOf(plot, bars)
  const { text: stroke, unusual: fill } = brush.colours
  if (usual !== null) drawPath(brush, unusualPath(bars, usual, places), { fill })
  if (planned !== null) {
    const { behind, ahead } = plannedPaths(bars, planned, places)
    drawPath(brush, behind, { stroke, width: 2 })
    drawPath(brush, ahead, { stroke, width: 2, dash: [4, 3] })
  }
  drawFlags(brush, plot, bars, { marks, zone })
}

/** Marks that begin within so many pixels are one flag; a flag has words where there are as many free beside it. */
const FLAG_ROOM = 48
const WORDS_ROOM = 140
const WORDS_SIZE = 20

/** On top of the chart: a pole and a flag for each mark, or for several on a few pixels, and its words as far as there is room. */
function drawFlags(
  brush: Brush,
  plot: Plot,
  bars: readonly Bar[],
  { marks, zone }: { readonly marks: readonly TimeMark[]; readonly zone: string },
): void {
  const [first, last] = [bars[0], bars.at(-1)]
  if (first === undefined || last === undefined) return
  const [fromMs, toMs] = [startOfMinute(first.startMinute), startOfMinute(last.startMinute + last.minutes)]
  const left = (ms: number): number =>
    plot.left + (Math.max(0, ms - fromMs) / (toMs - fromMs || MS_PER_MINUTE)) * plot.width
  const flags = flagsOfMarks(marks, { toMs, left, roomPx: FLAG_ROOM })
  for (const [at, flag] of flags.entries()) {
    const colour = flag.marks.some(({ kind }) => kind === 'incident')
      ? brush.colours.unusual
      : brush.colours.muted
    const { x } = flag
    const [unit, top] = [x / UNIT, plot.top / UNIT - 20]
    drawPath(brush, `M${unit} ${top}v${20 + plot.height / UNIT}`, { stroke: colour, dash: [1, 3] })
    drawPath(brush, `M${unit} ${top}h10l-3 5 3 5h-10z`, { fill: colour })
    const room = (flags[at + 1]?.x ?? plot.left + plot.width) - x - 40
    if (room < WORDS_ROOM) continue
    const words = fitted(brush, flagWords(flag.marks, zone), room)
    write(brush, words, x + 30, plot.top - 22, { size: WORDS_SIZE, colour })
  }
}

function flagWords(marks: readonly TimeMark[], zone: string): string {
  const [first] = marks
  if (marks.length > 1 || first === undefined) return `${marks.length} marks`
  return `${wallTime(first.fromMs, zone).slice(-5)} ${markText(first)}`
}

/** As much of a text as there is room for. */
function fitted(brush: Brush, text: string, room: number): string {
  const letters = Math.floor((text.length * room) / textWidth(brush, text, WORDS_SIZE))
  return letters >= text.length ? text : `${text.slice(0, letters - 1).trimEnd()}…`
}

/** An entry of a picture's legend. */
export interface LayerEntry {
  readonly text: string
  /** Draws what it means. */
  readonly swatch: (block: Block) => void
}

/** What the layers mean that are there. */
export function layerEntries(
  brush: Brush,
  bars: readonly Bar[],
  { usual, planned }: DrawnLayers,
): LayerEntry[] {
  const { text: stroke, usual: fill, usualEdge, unusual } = brush.colours
  const drawn = (text: string, style: Parameters<typeof drawPath>[2], path: string): LayerEntry => ({
    text,
    swatch: ({ left, top }) => drawPath(brush, `M${left / UNIT} ${top / UNIT}${path}`, style),
  })
  const hasUnusual = usual !== null && bars.some((bar, slot) => isUnusual(bar, usual[slot]))
  return [
    ...(planned === null ? [] : [drawn('planned by a run', { stroke, width: 2 }, 'm1 10v-9h8v9')]),
    ...(usual === null ? [] : [drawn('usual, 9 in 10', { fill, stroke: usualEdge }, 'h10v10h-10z')]),
    ...(hasUnusual ? [drawn('unusual', { fill: unusual }, 'm5 1l5 9h-10z')] : []),
  ]
}
