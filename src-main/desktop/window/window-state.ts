import { readFileSync, writeFileSync } from 'node:fs'
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import type { Log } from '../../runtime/log.ts'

const Pixels = Type.Integer({ minimum: -100_000, maximum: 100_000 })

/** How the window was left. Machines and screens come and go, so whoever reads it checks it against what is there. */
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
