import { readFile } from 'node:fs/promises'
import type { SKRSContext2D } from '@napi-rs/canvas'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { projectFile } from '../runtime/project-files.ts'

/** Colours of a picture: those of the dashboard in its themes (`src-renderer/app/tokens.css`). */
export const PNG_COLOURS = {
  light: {
    ground: '#ffffff',
    text: '#16181d',
    muted: '#565a65',
    grid: '#eceef1',
    axis: '#b9bcc5',
    usual: '#e9ebf1',
    usualEdge: '#c3c7d2',
    unusual: '#b42318',
    /** Most urgent first; further priorities take the last. */
    priorities: ['#a5301a', '#d27a00', '#5d7f9c', '#868a95'],
  },
  dark: {
    ground: '#121316',
    text: '#ecedf1',
    muted: '#a3a7b3',
    grid: '#24262c',
    axis: '#4a4d57',
    usual: '#24272f',
    usualEdge: '#454a56',
    unusual: '#ff8a7a',
    priorities: ['#d9532e', '#f4bf5a', '#7fa6c6', '#8b8f9a'],
  },
} as const

export type PngTheme = keyof typeof PNG_COLOURS

/** What is drawn with. */
export interface Brush {
  readonly context: SKRSContext2D
  readonly colours: (typeof PNG_COLOURS)[PngTheme]
  readonly Path2D: CanvasModule['Path2D']
}

/** Pixels of the picture for each of a window's. */
export const UNIT = 2

/** Where the bars are drawn, in pixels. */
export interface Plot {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
  /** The count at the top edge. */
  readonly ceiling: number
}

const RADIUS = 3

/** The name under which Inter is known to the canvas: one of our own, whatever is installed. */
const FONT = 'Jira TPM Inter'

interface Lettering {
  readonly size: number
  readonly colour: string
  readonly weight?: 400 | 600
  readonly align?: 'left' | 'right' | 'center'
}

/** Writes on the base line `y`; returns where the text ends on the right. */
export function write(
  brush: Brush,
  text: string,
  x: number,
  y: number,
  { size, colour, weight = 400, align = 'left' }: Lettering,
): number {
  const { context } = brush
  const width = textWidth(brush, text, size, weight)
  context.textAlign = align
  context.fillStyle = colour
  context.fillText(text, x, y)
  return x + width
}

/** In pixels. */
export function textWidth({ context }: Brush, text: string, size: number, weight: 400 | 600 = 400): number {
  context.font = `${weight} ${size}px "${FONT}", sans-serif`
  return context.measureText(text).width
}

export function line(
  { context }: Brush,
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

interface PathStyle {
  readonly fill?: string
  readonly stroke?: string
  /** Of the stroke, in units of the window as the dashes. */
  readonly width?: number
  readonly dash?: readonly number[]
}

/** A path of SVG, in units of the window: each is two pixels of the picture. */
export function drawPath({ context, Path2D }: Brush, path: string, style: PathStyle): void {
  const { fill, stroke, width = 1, dash = [] } = style
  const drawn = new Path2D(path)
  context.save()
  context.scale(UNIT, UNIT)
  if (fill !== undefined) {
    context.fillStyle = fill
    // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type -- a canvas, not an array
    context.fill(drawn)
  }
  if (stroke !== undefined) {
    context.strokeStyle = stroke
    context.lineWidth = width
    context.setLineDash([...dash])
    context.stroke(drawn)
  }
  context.restore()
}

export interface Block {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export function fillBlock(
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
