import { readFile } from 'node:fs/promises'
import type { SKRSContext2D } from '@napi-rs/canvas'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { minuteOf } from '../../src-shared/domain/minute.ts'
import { projectFile } from '../runtime/project-files.ts'
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
import { wallMinute } from './wall-clock.ts'

/** Colours of a picture: those of the dashboard in its themes (`src-renderer/app/tokens.css`). */
export const PNG_COLOURS = {
  light: {
    ground: '#ffffff',
    text: '#16181d',
    muted: '#565a65',
    grid: '#eceef1',
    axis: '#b9bcc5',
    /** Most urgent first; further priorities take the last. */
    priorities: ['#a5301a', '#d27a00', '#5d7f9c', '#868a95'],
  },
  dark: {
    ground: '#121316',
    text: '#ecedf1',
    muted: '#a3a7b3',
    grid: '#24262c',
    axis: '#4a4d57',
    priorities: ['#d9532e', '#f4bf5a', '#7fa6c6', '#8b8f9a'],
  },
} as const

export type PngTheme = keyof typeof PNG_COLOURS

/** What is drawn with. */
interface Brush {
  readonly context: SKRSContext2D
  readonly colours: (typeof PNG_COLOURS)[PngTheme]
}

/** Pixels: two for each of a screen that is 800 wide. */
const WIDTH = 1_600
const HEIGHT = 900
const MARGIN = 64
const TIME_LABEL_ROOM = 120
const FIGURES_SIZE = 28
const MAX_BARS = 1_500
const GAP_SHARE = 0.24
const RADIUS = 3
const SEAM = 1.5

/** The name under which Inter is known to the canvas: one of our own, whatever is installed. */
const FONT = 'Jira TPM Inter'

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
function sizeThatFits({ context }: Brush, text: string, x: number): number {
  context.font = `${FIGURES_SIZE}px "${FONT}", sans-serif`
  const room = WIDTH - MARGIN - x
  return Math.min(FIGURES_SIZE, Math.floor((FIGURES_SIZE * room) / context.measureText(text).width))
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

interface Lettering {
  readonly size: number
  readonly colour: string
  readonly weight?: 400 | 600
  readonly align?: 'left' | 'right' | 'center'
}

/** Writes on the base line `y`; returns where the text ends on the right. */
function write(
  brush: Brush,
  text: string,
  x: number,
  y: number,
  { size, colour, weight = 400, align = 'left' }: Lettering,
): number {
  const { context } = brush
  context.font = `${weight} ${size}px "${FONT}", sans-serif`
  context.textAlign = align
  context.fillStyle = colour
  context.fillText(text, x, y)
  return x + context.measureText(text).width
}

function line(brush: Brush, fromX: number, fromY: number, toX: number, toY: number, colour: string): void {
  const { context } = brush
  context.strokeStyle = colour
  context.lineWidth = 1.5
  context.beginPath()
  context.moveTo(fromX, fromY)
  context.lineTo(toX, toY)
  context.stroke()
}

/** The drawing package is native and optional, and nothing but pictures needs it: it is loaded when one is wanted. */
type CanvasModule = typeof import('@napi-rs/canvas')

/** Throws `not-configured` where the package is missing on this machine. */
export async function loadCanvas(
  load: () => Promise<CanvasModule> = () => import('@napi-rs/canvas'),
): Promise<CanvasModule> {
  const canvas = await load().catch((cause: unknown) => {
    throw new AppError(
      'not-configured',
      'The picture was not drawn: the package @napi-rs/canvas does not work on this machine.',
      {
        hint: 'Install it beside Jira TPM (npm install @napi-rs/canvas, with --global where Jira TPM is global); the same figures come from jira-tpm counts.',
        cause,
      },
    )
  })
  if (!canvas.GlobalFonts.has(FONT)) await addFonts(canvas)
  return canvas
}

async function addFonts({ GlobalFonts }: CanvasModule): Promise<void> {
  for (const weight of ['400', '600']) {
    GlobalFonts.register(await readFile(projectFile('data', 'fonts', `inter-latin-${weight}.woff2`)), FONT)
  }
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

interface Block {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

function fillBlock(
  brush: Brush,
  block: Block,
  { colour, rounded, hatched }: { colour: string; rounded: boolean; hatched: boolean },
): void {
  const { context } = brush
  const { left, top, width, height } = block
  const radius = rounded ? Math.min(RADIUS, width / 3, height) : 0
  context.save()
  context.beginPath()
  context.roundRect(left, top, width, height, [radius, radius, 0, 0])
  context.fillStyle = colour
  if (!hatched) {
    context.fill()
  } else {
    context.globalAlpha = 0.25
    context.fill()
    context.globalAlpha = 1
    context.clip()
    hatch(context, block, colour)
  }
  context.restore()
}

function hatch(context: SKRSContext2D, { left, top, width, height }: Block, colour: string): void {
  const step = 8
  context.strokeStyle = colour
  context.lineWidth = 2.5
  context.beginPath()
  // The lines of neighbouring blocks meet, because they all count from the picture's corner.
  const first = Math.floor((left + top) / step) * step
  for (let sum = first; sum <= left + width + top + height; sum += step) {
    context.moveTo(sum - top, top)
    context.lineTo(sum - top - height, top + height)
  }
  context.stroke()
}
