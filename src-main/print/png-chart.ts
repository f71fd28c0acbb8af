import { minuteOf } from '../../src-shared/domain/minute.ts'
import {
  chartBars,
  countTicks,
  figures,
  heading,
  priorityTotals,
  timeTicks,
  type Bar,
  type Chart,
  type ChartLayers,
  title,
} from './chart.ts'
import {
  fillBlock,
  line,
  loadCanvas,
  PNG_COLOURS,
  textWidth,
  write,
  type Brush,
  type Plot,
  type PngTheme,
} from './png-brush.ts'
import {
  drawBehind,
  drawOver,
  heightOfLayers,
  layerEntries,
  layersOf,
  type DrawnLayers,
  type LayerEntry,
} from './png-layers.ts'
import { wallMinute } from './wall-clock.ts'

/** Pixels: two for each of a screen that is 800 wide. */
const WIDTH = 1_600
const HEIGHT = 900
const MARGIN = 64
const TIME_LABEL_ROOM = 120
const FIGURES_SIZE = 28
const MAX_BARS = 1_500
const GAP_SHARE = 0.24
const SEAM = 1.5

export interface PictureOptions {
  /** Where the tickets are from: it stands above the figures. */
  readonly source: string
  /** Light where absent. */
  readonly theme?: PngTheme | undefined
  readonly layers?: ChartLayers | undefined
  /** A line below the figures. */
  readonly note?: string | undefined
}

/** The chart as a PNG. Throws `not-configured` where this machine cannot draw. */
export async function pngChart(chart: Chart, options: PictureOptions): Promise<Uint8Array> {
  const { createCanvas, Path2D } = await loadCanvas()
  const canvas = createCanvas(WIDTH, HEIGHT)
  const { theme = 'light' } = options
  drawPicture({ context: canvas.getContext('2d'), colours: PNG_COLOURS[theme], Path2D }, chart, options)
  // Not `encode`: its thread goes on with a canvas that the garbage collector may have taken, which ends the process.
  return canvas.toBuffer('image/png')
}

function drawPicture(brush: Brush, chart: Chart, { source, note, layers: given = {} }: PictureOptions): void {
  const { context, colours } = brush
  const bars = chartBars(chart, MAX_BARS)
  const layers = layersOf(bars, given)
  const peak = bars.reduce((most, { total }) => Math.max(most, total), heightOfLayers(layers))
  const ticks = countTicks(peak, 5)
  const plot = {
    left: MARGIN + 36,
    top: 216,
    width: WIDTH - 2 * MARGIN - 36,
    height: HEIGHT - 216 - 144,
    ceiling: ticks.at(-1) ?? 1,
  }
  context.fillStyle = colours.ground
  context.fillRect(0, 0, WIDTH, HEIGHT)
  drawCaption(brush, chart, { bars, source })
  if (note !== undefined) write(brush, note, MARGIN, 184, { size: 22, colour: colours.muted })
  drawCountAxis(brush, plot, ticks)
  drawBehind(brush, plot, bars, layers)
  drawGaps(brush, plot, bars)
  drawBars(brush, plot, bars)
  drawOver(brush, plot, bars, { layers, zone: chart.zone })
  drawTimeAxis(brush, plot, bars, chart.zone)
  drawLegend(brush, chart, bars, layers)
  if (Number.isFinite(chart.nowMs)) drawTime(brush, chart)
}

function drawCaption(
  brush: Brush,
  chart: Chart,
  { bars, source }: { readonly bars: readonly Bar[]; readonly source: string },
): void {
  const [total = '', ...others] = figures(chart, bars)
  write(brush, `${source} · ${title(chart, bars)}`, MARGIN, 76, { size: 22, colour: brush.colours.muted })
  write(brush, heading(chart), WIDTH - MARGIN, 76, { size: 22, colour: brush.colours.muted, align: 'right' })
  const end = write(brush, total, MARGIN, 144, { size: 52, weight: 600, colour: brush.colours.text })
  const rest = others.join('   ')
  write(brush, rest, end + 32, 144, {
    size: sizeThatFits(brush, rest, end + 32),
    colour: brush.colours.muted,
  })
}

/** Of a text that begins at `x` and may be long. */
function sizeThatFits(brush: Brush, text: string, x: number): number {
  const room = WIDTH - MARGIN - x
  return Math.min(FIGURES_SIZE, Math.floor((FIGURES_SIZE * room) / textWidth(brush, text, FIGURES_SIZE)))
}

function drawCountAxis(brush: Brush, plot: Plot, ticks: readonly number[]): void {
  for (const tick of ticks) {
    const y = plot.top + plot.height * (1 - tick / plot.ceiling)
    line(brush, plot.left, y, plot.left + plot.width, y, tick === 0 ? brush.colours.axis : brush.colours.grid)
    write(brush, String(tick), plot.left - 16, y + 7, {
      size: 20,
      colour: brush.colours.muted,
      align: 'right',
    })
  }
}

function drawTimeAxis(brush: Brush, plot: Plot, bars: readonly Bar[], zone: string): void {
  const ground = plot.top + plot.height
  line(brush, plot.left, ground, plot.left + plot.width, ground, brush.colours.axis)
  for (const { bar, label } of timeTicks(bars, zone, Math.floor(plot.width / TIME_LABEL_ROOM))) {
    const { left, width } = barSpan(plot, bar, bars.length)
    const x = left + width / 2
    line(brush, x, ground, x, ground + 8, brush.colours.axis)
    write(brush, label, x, ground + 36, { size: 20, colour: brush.colours.muted, align: 'center' })
  }
}

/** A line of the legend, from the bottom up. */
const LEGEND_LINE = 36
/** Of when the figures are, at its right. */
const TIME_ROOM = 320

/** What the marks mean, in two lines where one is not enough. */
function drawLegend(brush: Brush, chart: Chart, bars: readonly Bar[], layers: DrawnLayers): void {
  const { size, start } = { size: 22, start: MARGIN + 36 }
  const entries = legendOf(brush, chart, bars, layers)
  const widths = entries.map(({ text }) => textWidth(brush, text, size) + 72)
  const end = WIDTH - MARGIN - TIME_ROOM
  const isLong = start + widths.reduce((sum, width) => sum + width, 0) > end
  let [x, y] = [start, HEIGHT - 52 - (isLong ? LEGEND_LINE / 2 : 0)]
  for (const [at, { text, swatch }] of entries.entries()) {
    const width = widths[at] ?? 0
    if (x + width > end) [x, y] = [start, y + LEGEND_LINE]
    swatch({ left: x, top: y - 17, width: 20, height: 20 })
    write(brush, text, x + 32, y, { size, colour: brush.colours.text })
    x += width
  }
}

function legendOf(brush: Brush, chart: Chart, bars: readonly Bar[], layers: DrawnLayers): LayerEntry[] {
  const filled = (text: string, fill: { colour: string; hatched: boolean }): LayerEntry => ({
    text,
    swatch: (block) => fillBlock(brush, block, { ...fill, rounded: false }),
  })
  const priorities = priorityTotals(chart).map(({ name, total }, index) =>
    filled(`${name}  ${total}`, { colour: colourOf(brush, index), hatched: false }),
  )
  const isUnsettled = bars.some((bar) => bar.provisional)
  const hasGaps = bars.some(({ state }) => state === 'unknown')
  return [
    ...priorities,
    ...layerEntries(brush, bars, layers),
    ...(isUnsettled ? [filled('not settled yet', { colour: colourOf(brush, 0), hatched: true })] : []),
    ...(hasGaps ? [filled('not fetched', notFetched(brush))] : []),
  ]
}

/** Of when the figures are. */
function drawTime(brush: Brush, { nowMs, zone }: Chart): void {
  const { day, clock } = wallMinute(minuteOf(nowMs), zone)
  const lettering = { size: 20, colour: brush.colours.muted, align: 'right' } as const
  write(brush, `as of ${day}, ${clock}`, WIDTH - MARGIN, HEIGHT - 52, lettering)
}

function colourOf({ colours }: Brush, priority: number): string {
  return colours.priorities[priority] ?? colours.priorities[3]
}

function barSpan(plot: Plot, index: number, count: number): { left: number; width: number } {
  const step = plot.width / count
  const gap = step > 4 ? step * GAP_SHARE : 0
  return { left: plot.left + index * step + gap / 2, width: step - gap }
}

function notFetched({ colours }: Brush) {
  return { colour: colours.axis, rounded: false, hatched: true }
}

/** Hatches what was not fetched, as high as the picture: whatever its bars show is the least that it can be. */
function drawGaps(brush: Brush, plot: Plot, bars: readonly Bar[]): void {
  const step = plot.width / bars.length
  for (const [index, { state }] of bars.entries()) {
    if (state !== 'unknown') continue
    fillBlock(
      brush,
      { left: plot.left + index * step, top: plot.top, width: step, height: plot.height },
      notFetched(brush),
    )
  }
}

/** Draws the stacks from the ground up, a seam between priorities; what is not settled yet is hatched. */
function drawBars(brush: Brush, plot: Plot, bars: readonly Bar[]): void {
  for (const [index, bar] of bars.entries()) {
    const { left, width } = barSpan(plot, index, bars.length)
    let bottom = plot.top + plot.height
    for (const [priority, count] of bar.counts.entries()) {
      if (count === 0) continue
      const height = (count / plot.ceiling) * plot.height
      const topmost = bar.counts.slice(priority + 1).every((above) => above === 0)
      const seam = topmost || height < 3 * SEAM ? 0 : SEAM
      const block = { left, top: bottom - height + seam, width, height: height - seam }
      const colour = colourOf(brush, priority)
      fillBlock(brush, block, { colour, rounded: topmost, hatched: bar.provisional })
      bottom -= height
    }
  }
}
