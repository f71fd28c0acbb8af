import { readFile } from 'node:fs/promises'
import type { SKRSContext2D } from '@napi-rs/canvas'
import { AppError } from '../../src-shared/errors/app-error.ts'
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
} from './chart.ts'

/** Colours of a picture: those of the dashboard in its light theme (`src-renderer/app/tokens.css`). */
export const PNG_COLOURS = {
  ground: '#ffffff',
  text: '#16181d',
  muted: '#565a65',
  grid: '#eceef1',
  axis: '#b9bcc5',
  /** Most urgent first; further priorities take the last. */
  priorities: ['#a5301a', '#d27a00', '#5d7f9c', '#868a95'],
} as const

/** Pixels. */
const WIDTH = 1_600
const HEIGHT = 900
const MARGIN = 64
const TIME_LABEL_ROOM = 120
const MAX_BARS = 1_500
const GAP_SHARE = 0.24
const RADIUS = 3
const SEAM = 1.5

/** The name under which Inter is known to the canvas: one of our own, whatever is installed. */
const FONT = 'Jira TPM Inter'

/** The chart as a PNG; `label` says above the figures what is watched. Throws `not-configured` where this machine cannot draw. */
export async function pngChart(chart: Chart, label: string): Promise<Uint8Array> {
  const { createCanvas } = await loadCanvas()
  const canvas = createCanvas(WIDTH, HEIGHT)
  drawPicture(canvas.getContext('2d'), chart, label)
  // Not `encode`: its thread goes on with a canvas that the garbage collector may have taken, which ends the process.
  return canvas.toBuffer('image/png')
}

function drawPicture(context: SKRSContext2D, chart: Chart, label: string): void {
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
  context.fillStyle = PNG_COLOURS.ground
  context.fillRect(0, 0, WIDTH, HEIGHT)
  drawCaption(context, chart, { bars, label })
  drawCountAxis(context, plot, ticks)
  drawGaps(context, plot, bars)
  drawBars(context, plot, bars)
  drawTimeAxis(context, plot, bars, chart.zone)
  drawLegend(context, chart, bars)
}

function drawCaption(
  context: SKRSContext2D,
  chart: Chart,
  { bars, label }: { readonly bars: readonly Bar[]; readonly label: string },
): void {
  const [total = '', ...others] = figures(chart, bars)
  write(context, label, MARGIN, 76, { size: 22, colour: PNG_COLOURS.muted })
  write(context, heading(chart), WIDTH - MARGIN, 76, { size: 22, colour: PNG_COLOURS.muted, align: 'right' })
  const end = write(context, total, MARGIN, 144, { size: 52, weight: 600, colour: PNG_COLOURS.text })
  write(context, others.join('   '), end + 32, 144, { size: 28, colour: PNG_COLOURS.muted })
}

function drawCountAxis(context: SKRSContext2D, plot: Plot, ticks: readonly number[]): void {
  for (const tick of ticks) {
    const y = plot.top + plot.height * (1 - tick / plot.ceiling)
    line(context, plot.left, y, plot.left + plot.width, y, tick === 0 ? PNG_COLOURS.axis : PNG_COLOURS.grid)
    write(context, String(tick), plot.left - 16, y + 7, {
      size: 20,
      colour: PNG_COLOURS.muted,
      align: 'right',
    })
  }
}

function drawTimeAxis(context: SKRSContext2D, plot: Plot, bars: readonly Bar[], zone: string): void {
  const ground = plot.top + plot.height
  line(context, plot.left, ground, plot.left + plot.width, ground, PNG_COLOURS.axis)
  for (const { bar, label } of timeTicks(bars, zone, Math.floor(plot.width / TIME_LABEL_ROOM))) {
    const { left, width } = barSpan(plot, bar, bars.length)
    const x = left + width / 2
    line(context, x, ground, x, ground + 8, PNG_COLOURS.axis)
    write(context, label, x, ground + 36, { size: 20, colour: PNG_COLOURS.muted, align: 'center' })
  }
}

function drawLegend(context: SKRSContext2D, chart: Chart, bars: readonly Bar[]): void {
  const y = HEIGHT - 52
  let x = MARGIN + 36
  const entry = (text: string, priority: number, hatched: boolean): void => {
    const colour = colourOf(priority)
    fillBlock(context, { left: x, top: y - 17, width: 20, height: 20 }, { colour, rounded: false, hatched })
    x = write(context, text, x + 32, y, { size: 22, colour: PNG_COLOURS.text }) + 40
  }
  for (const [index, { name, total }] of priorityTotals(chart).entries()) {
    entry(`${name}  ${total}`, index, false)
  }
  if (bars.some((bar) => bar.provisional)) entry('not settled yet', 0, true)
  if (bars.every(({ state }) => state !== 'unknown')) return
  fillBlock(context, { left: x, top: y - 17, width: 20, height: 20 }, NOT_FETCHED)
  write(context, 'not fetched', x + 32, y, { size: 22, colour: PNG_COLOURS.text })
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

interface Plot {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  /** The count at the top edge. */
  readonly ceiling: number
}

function colourOf(priority: number): string {
  return PNG_COLOURS.priorities[priority] ?? PNG_COLOURS.priorities[3]
}

function barSpan(plot: Plot, index: number, count: number): { left: number; width: number } {
  const step = plot.width / count
  const gap = step > 4 ? step * GAP_SHARE : 0
  return { left: plot.left + index * step + gap / 2, width: step - gap }
}

const NOT_FETCHED = { colour: PNG_COLOURS.axis, rounded: false, hatched: true }

/** Hatches what was not fetched, as high as the picture: whatever its bars show is the least that it can be. */
function drawGaps(context: SKRSContext2D, plot: Plot, bars: readonly Bar[]): void {
  const step = plot.width / bars.length
  for (const [index, { state }] of bars.entries()) {
    if (state !== 'unknown') continue
    fillBlock(
      context,
      { left: plot.left + index * step, top: plot.top, width: step, height: plot.height },
      NOT_FETCHED,
    )
  }
}

/** Draws the stacks from the ground up, a seam between priorities; what is not settled yet is hatched. */
function drawBars(context: SKRSContext2D, plot: Plot, bars: readonly Bar[]): void {
  for (const [index, bar] of bars.entries()) {
    const { left, width } = barSpan(plot, index, bars.length)
    let bottom = plot.top + plot.height
    for (const [priority, count] of bar.counts.entries()) {
      if (count === 0) continue
      const height = (count / plot.ceiling) * plot.height
      const topmost = bar.counts.slice(priority + 1).every((above) => above === 0)
      const seam = topmost || height < 3 * SEAM ? 0 : SEAM
      const block = { left, top: bottom - height + seam, width, height: height - seam }
      const colour = colourOf(priority)
      fillBlock(context, block, { colour, rounded: topmost, hatched: bar.provisional })
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
  context: SKRSContext2D,
  block: Block,
  { colour, rounded, hatched }: { colour: string; rounded: boolean; hatched: boolean },
): void {
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
