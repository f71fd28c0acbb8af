/** A rectangle on the desktop, in device-independent pixels, as Electron counts them. */
export interface Bounds {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** Where a new window goes; without x and y the system centres it. */
export type WindowPlace = Bounds | { readonly width: number; readonly height: number }

export const MIN_SIZE = { width: 640, height: 480 } as const
const USUAL_SIZE = { width: 1_200, height: 760 } as const

/** As much of the title bar as a hand needs to drag the window back. */
const GRIP = { width: 120, height: 32 } as const

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
