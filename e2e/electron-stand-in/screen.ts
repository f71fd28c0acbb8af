import type * as Electron from 'electron'
import { carried } from './carried.ts'

const display = carried('display', {
  id: 1,
  bounds: { x: 0, y: 0, width: 1_920, height: 1_080 },
  workArea: { x: 0, y: 0, width: 1_920, height: 1_040 },
  scaleFactor: 1,
} satisfies Partial<Electron.Display>)

/** One screen, without anything plugged in or out. */
export const screen = carried('screen', {
  getPrimaryDisplay: () => display as Electron.Display,
  getAllDisplays: () => [display as Electron.Display],
} satisfies Pick<Electron.Screen, 'getAllDisplays' | 'getPrimaryDisplay'>)
