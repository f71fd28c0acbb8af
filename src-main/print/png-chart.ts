import { readFile } from 'node:fs/promises'
import type { SKRSContext2D } from '@napi-rs/canvas'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { projectFile } from '../runtime/project-files.ts'
import { chartBars, figures, heading, priorityTotals, type Bar, type Chart } from './chart.ts'
import { barSpan, drawBars, fillBlock, PNG_THEMES, type Plot, type PngTheme } from './png-bars.ts'
import { countTicks, timeTicks } from './ticks.ts'

export interface PngOptions {
  /** Pixels; 1600 × 900 where absent. */
  readonly width?: number
  readonly height?: number
  readonly theme?: keyof typeof PNG_THEMES
  /** What is watched, in small letters above the figures: `Sandbox · TPM`. */
  readonly label?: string
}

/** The name under which Inter is known to the canvas: one of our own, whatever is installed. */
const FONT = 'Jira TPM Inter'
const DESIGN_WIDTH = 1_600

/** Below this small pictures keep the size of their letters. */
const MIN_SCALE = 0.7
const TIME_LABEL_ROOM = 120
const MARGIN = 64
const MAX_BARS = 1_500

/** The chart as a PNG. Throws `not-configured` where this machine cannot draw. */
export async function pngChart(chart: Chart, options: PngOptions = {}): Promise<Uint8Array> {
  const { width = 1_600, height = 900, theme = 'light', label = 'Tickets per minute' } = options
  const { createCanvas } = await loadCanvas()
  const canvas = createCanvas(width, height)
  const context = canvas.getContext('2d')
  const scale = Math.max(MIN_SCALE, width / DESIGN_WIDTH)
  context.scale(scale, scale)
  const picture = { context, width: width / scale, height: height / scale, theme: PNG_THEMES[theme] }
  drawPicture(picture, chart, label)
  // Not `encode`: its thread goes on with a canvas that the garbage collector may have taken, which ends the process.
  return canvas.toBuffer('image/png')
}

interface Picture {
  readonly context: SKRSContext2D
  /** In units of which a picture of the usual size is 1,600 wide. */
  readonly width: number
  readonly height: number
  readonly theme: PngTheme
}

function drawPicture(picture: Picture, chart: Chart, label: string): void {
  const { context, width, height, theme } = picture
  const bars = chartBars(chart, MAX_BARS)
  const ticks = countTicks(
    bars.reduce((peak, { total }) => Math.max(peak, total), 0),
    5,
  )
  const plot = {
    left: MARGIN + 36,
    top: 216,
    width: width - 2 * MARGIN - 36,
    height: height - 216 - 144,
    ceiling: ticks.at(-1) ?? 1,
  }
  context.fillStyle = theme.ground
  context.fillRect(0, 0, width, height)
  drawCaption(picture, chart, label)
  drawCountAxis(picture, plot, ticks)
  drawBars(context, plot, bars, theme)
  drawTimeAxis(picture, plot, bars, chart.zone)
  drawLegend(picture, chart, bars)
}

function drawCaption({ context, width, theme }: Picture, chart: Chart, label: string): void {
  const [total = '', ...others] = figures(chart)
  write(context, label, MARGIN, 76, { size: 22, colour: theme.muted })
  write(context, heading(chart), width - MARGIN, 76, { size: 22, colour: theme.muted, align: 'right' })
  const end = write(context, total, MARGIN, 144, { size: 52, weight: 600, colour: theme.text })
  write(context, others.join('   '), end + 32, 144, { size: 28, colour: theme.muted })
}

function drawCountAxis({ context, theme }: Picture, plot: Plot, ticks: readonly number[]): void {
  for (const tick of ticks) {
    const y = plot.top + plot.height * (1 - tick / plot.ceiling)
    line(context, plot.left, y, plot.left + plot.width, y, tick === 0 ? theme.axis : theme.grid)
    write(context, String(tick), plot.left - 16, y + 7, { size: 20, colour: theme.muted, align: 'right' })
  }
}

function drawTimeAxis({ context, theme }: Picture, plot: Plot, bars: readonly Bar[], zone: string): void {
  const ground = plot.top + plot.height
  line(context, plot.left, ground, plot.left + plot.width, ground, theme.axis)
  for (const { bar, label } of timeTicks(bars, zone, Math.floor(plot.width / TIME_LABEL_ROOM))) {
    const { left, width } = barSpan(plot, bar, bars.length)
    const x = left + width / 2
    line(context, x, ground, x, ground + 8, theme.axis)
    write(context, label, x, ground + 36, { size: 20, colour: theme.muted, align: 'center' })
  }
}

function drawLegend({ context, height, theme }: Picture, chart: Chart, bars: readonly Bar[]): void {
  const y = height - 52
  let x = MARGIN + 36
  const entry = (text: string, priority: number, hatched: boolean): void => {
    const colour = theme.priorities[Math.min(priority, theme.priorities.length - 1)] ?? theme.muted
    fillBlock(context, { left: x, top: y - 17, width: 20, height: 20 }, { colour, rounded: false, hatched })
    x = write(context, text, x + 32, y, { size: 22, colour: theme.text }) + 40
  }
  for (const [index, { name, total }] of priorityTotals(chart).entries()) {
    entry(`${name}  ${total}`, index, false)
  }
  if (bars.some((bar) => bar.provisional)) entry('not settled yet', 0, true)
}

interface Lettering {
  readonly size: number
  readonly colour: string
  readonly weight?: 400 | 600
  readonly align?: 'left' | 'right' | 'center'
}

/** Writes on the base line `y`; returns where the text ends on the right. */
function write(
  context: SKRSContext2D,
  text: string,
  x: number,
  y: number,
  { size, colour, weight = 400, align = 'left' }: Lettering,
): number {
  context.font = `${weight} ${size}px "${FONT}", sans-serif`
  context.textAlign = align
  context.fillStyle = colour
  context.fillText(text, x, y)
  return x + context.measureText(text).width
}

function line(
  context: SKRSContext2D,
  fromX: number,
  fromY: number,
  toX: number,
  toY: number,
  colour: string,
): void {
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
