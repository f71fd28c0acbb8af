import { readFileSync, writeFileSync } from 'node:fs'
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import type { Log } from '../../runtime/log.ts'

export const MIN_SIZE = { width: 640, height: 480 } as const

const USUAL_SIZE = { width: 1_200, height: 760 } as const

/** As much of the title bar as a hand needs to drag the window back. */
const GRIP = { width: 120, height: 32 } as const

const Pixels = Type.Integer({ minimum: -100_000, maximum: 100_000 })

/** How the window was left. Machines and screens come and go, so a reader checks it against what is there. */
const WindowState = Type.Object({
  bounds: Type.Union([Type.Object({ x: Pixels, y: Pixels, width: Pixels, height: Pixels }), Type.Null()]),
  maximized: Type.Boolean(),
  theme: Type.Union([Type.Literal('system'), Type.Literal('light'), Type.Literal('dark')]),
})

export type WindowState = Static<typeof WindowState>

export type Theme = WindowState['theme']

export const NEW_WINDOW_STATE: WindowState = { bounds: null, maximized: false, theme: 'system' }

/** The state saved in `file`; a new window's where there is none, or where it is not one (said in the log). */
export function readWindowState(file: string, log: Log): WindowState {
  try {
    const state: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (Check(WindowState, state)) return state
    log.warn({ file }, 'the saved window state has another shape; the window opens as new')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      log.warn({ err: error, file }, 'the saved window state cannot be read; the window opens as new')
    }
  }
  return NEW_WINDOW_STATE
}

/** Saves at once: it is called while the window closes. A failure costs a window's place, so it is only logged. */
export function saveWindowState(file: string, state: WindowState, log: Log): void {
  try {
    writeFileSync(file, JSON.stringify(state))
  } catch (error) {
    log.warn({ err: error, file }, 'the window state was not saved')
  }
}

/** A rectangle on the desktop, in device-independent pixels, as Electron counts them. */
export type Bounds = Readonly<NonNullable<WindowState['bounds']>>

/** Where a new window goes; without x and y the system centres it. */
type WindowPlace = Bounds | { readonly width: number; readonly height: number }

/**
 * Where the window was, if its title bar can still be reached on one of the screens that exist now; else the same size,
 * centred. Never larger than the largest screen's work area.
 */
export function placeWindow(saved: Bounds | null, workAreas: readonly Bounds[]): WindowPlace {
  const size = clampSize(saved ?? USUAL_SIZE, workAreas)
  if (saved === null) return size
  const place = { x: saved.x, y: saved.y, ...size }
  return workAreas.some((area) => showsGrip(place, area)) ? place : size
}

function clampSize(
  wanted: { readonly width: number; readonly height: number },
  workAreas: readonly Bounds[],
): { width: number; height: number } {
  const most = (side: 'width' | 'height'): number => Math.max(0, ...workAreas.map((area) => area[side]))
  const clamp = (side: 'width' | 'height'): number =>
    Math.max(MIN_SIZE[side], Math.min(wanted[side], most(side)))
  return { width: clamp('width'), height: clamp('height') }
}

function showsGrip(window: Bounds, area: Bounds): boolean {
  const width = Math.min(window.x + window.width, area.x + area.width) - Math.max(window.x, area.x)
  const height = Math.min(window.y + GRIP.height, area.y + area.height) - Math.max(window.y, area.y)
  return width >= GRIP.width && height >= GRIP.height
}
