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
  type PngTheme,
} from './png-brush.ts'
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

/**
 * The chart as a PNG; `source` says above the figures where the tickets are from. Throws `not-configured` where this machine
 * cannot draw.
 */
export async function pngChart(chart: Chart, source: string, theme: PngTheme = 'light'): Promise<Uint8Array> {
  const { createCanvas } = await loadCanvas()
  const canvas = createCanvas(WIDTH, HEIGHT)
  drawPicture({ context: canvas.getContext('2d'), colours: PNG_COLOURS[theme] }, chart, source)
  // Not `encode`: its thread goes on with a canvas that the garbage collector may have taken, which ends the process.
  return canvas.toBuffer('image/png')
}

function drawPicture(brush: Brush, chart: Chart, source: string): void {
  const { context, colours } = brush
  const bars = chartBars(chart, MAX_BARS)
  const ticks = countTicks(
    bars.reduce((peak, { total }) => Math.max(peak, total), 0),
    5,
  )
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
  drawCountAxis(brush, plot, ticks)
  drawGaps(brush, plot, bars)
  drawBars(brush, plot, bars)
  drawTimeAxis(brush, plot, bars, chart.zone)
  drawLegend(brush, chart, bars)
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

function drawLegend(brush: Brush, chart: Chart, bars: readonly Bar[]): void {
  const y = HEIGHT - 52
  let x = MARGIN + 36
  const entry = (text: string, priority: number, hatched: boolean): void => {
    const colour = colourOf(brush, priority)
    fillBlock(brush, { left: x, top: y - 17, width: 20, height: 20 }, { colour, rounded: false, hatched })
    x = write(brush, text, x + 32, y, { size: 22, colour: brush.colours.text }) + 40
  }
  for (const [index, { name, total }] of priorityTotals(chart).entries()) {
    entry(`${name}  ${total}`, index, false)
  }
  if (bars.some((bar) => bar.provisional)) entry('not settled yet', 0, true)
  if (bars.every(({ state }) => state !== 'unknown')) return
  fillBlock(brush, { left: x, top: y - 17, width: 20, height: 20 }, notFetched(brush))
  write(brush, 'not fetched', x + 32, y, { size: 22, colour: brush.colours.text })
}

/** Of when the figures are. */
function drawTime(brush: Brush, { nowMs, zone }: Chart): void {
  const { day, clock } = wallMinute(minuteOf(nowMs), zone)
  const lettering = { size: 20, colour: brush.colours.muted, align: 'right' } as const
  write(brush, `as of ${day}, ${clock}`, WIDTH - MARGIN, HEIGHT - 52, lettering)
}

interface Plot {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  /** The count at the top edge. */
  readonly ceiling: number
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
