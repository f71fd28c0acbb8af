import type { SKRSContext2D } from '@napi-rs/canvas'
import type { Bar } from './chart.ts'

export interface Plot {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  /** The count at the top edge. */
  readonly ceiling: number
}

export const PNG_THEMES = {
  light: {
    ground: '#ffffff',
    text: '#16181d',
    muted: '#565a65',
    grid: '#eceef1',
    axis: '#b9bcc5',
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
} as const satisfies Record<string, PngTheme>

const GAP_SHARE = 0.24
const RADIUS = 3
const SEAM = 1.5

export function barSpan(plot: Plot, index: number, count: number): { left: number; width: number } {
  const step = plot.width / count
  const gap = step > 4 ? step * GAP_SHARE : 0
  return { left: plot.left + index * step + gap / 2, width: step - gap }
}

/** Draws the stacks from the ground up, a seam between priorities; what is not settled yet is hatched. */
export function drawBars(context: SKRSContext2D, plot: Plot, bars: readonly Bar[], theme: PngTheme): void {
  for (const [index, bar] of bars.entries()) {
    const { left, width } = barSpan(plot, index, bars.length)
    let bottom = plot.top + plot.height
    for (const [priority, count] of bar.counts.entries()) {
      if (count === 0) continue
      const height = (count / plot.ceiling) * plot.height
      const topmost = bar.counts.slice(priority + 1).every((above) => above === 0)
      const seam = topmost || height < 3 * SEAM ? 0 : SEAM
      const block = { left, top: bottom - height + seam, width, height: height - seam }
      const colour = theme.priorities[Math.min(priority, theme.priorities.length - 1)] ?? theme.muted
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

interface Fill {
  readonly colour: string
  readonly rounded: boolean
  readonly hatched: boolean
}

export function fillBlock(context: SKRSContext2D, block: Block, { colour, rounded, hatched }: Fill): void {
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

/** Colours of a picture: those of the dashboard (`src-renderer/app/tokens.css`). */
export interface PngTheme {
  readonly ground: string
  readonly text: string
  readonly muted: string
  readonly grid: string
  readonly axis: string
  /** Most urgent first; further priorities take the last. */
  readonly priorities: readonly string[]
}
