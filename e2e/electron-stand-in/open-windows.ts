import type { Page } from 'playwright'

/** What the rest of the stand-in needs of a window. */
export interface OpenWindow {
  readonly id: number
  /** The Chromium page that shows it; undefined until Chromium is up. */
  readonly page: Page | undefined
  /** Asks to close; false where the app prevented it. */
  requestClose(): Promise<boolean>
  applyTheme(): Promise<void>
  /** Whether the app lets a frame of this window go to an address. */
  permitsNavigation(address: string, isMainFrame: boolean): boolean
}

const windows = new Map<number, OpenWindow>()

export function addWindow(window: OpenWindow): void {
  windows.set(window.id, window)
}

/** Takes a window off the list; true where it was the last. */
export function removeWindow(id: number): boolean {
  return windows.delete(id) && windows.size === 0
}

export function openWindows(): readonly OpenWindow[] {
  return [...windows.values()]
}

export function windowOfPage(page: Page | undefined): OpenWindow | undefined {
  return page && openWindows().find((window) => window.page === page)
}
