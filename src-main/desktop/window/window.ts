import { BrowserWindow, nativeTheme, screen } from 'electron'
import type { Log } from '../../runtime/log.ts'
import { MIN_SIZE, placeWindow, readWindowState, saveWindowState } from './window-state.ts'

export interface WindowOptions {
  readonly pageUrl: string
  readonly preloadFile: string
  /** Where the desktop takes no icon from the program's package: on Linux, and when run from source. */
  readonly iconFile: string
  /** Where the window's place and theme are kept. */
  readonly stateFile: string
  readonly log: Log
}

/** What is seen until the page has drawn itself: its own ground, so that nothing flashes. */
const GROUND = { light: '#ffffff', dark: '#121316' } as const

/** Opens the dashboard where it was left, and shows it once it has something to show. */
export function openWindow(options: WindowOptions): BrowserWindow {
  const { pageUrl, stateFile, log } = options
  const state = readWindowState(stateFile, log)
  nativeTheme.themeSource = state.theme
  const window = new BrowserWindow({
    ...placeWindow(
      state.bounds,
      screen.getAllDisplays().map((display) => display.workArea),
    ),
    minWidth: MIN_SIZE.width,
    minHeight: MIN_SIZE.height,
    show: false,
    title: 'Jira TPM',
    icon: options.iconFile,
    backgroundColor: nativeTheme.shouldUseDarkColors ? GROUND.dark : GROUND.light,
    webPreferences: {
      preload: options.preloadFile,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false, // its dictionaries would be fetched from Google
    },
  })
  window.once('ready-to-show', () => {
    if (state.maximized) window.maximize() // shows it, so not before there is something to see
    window.show()
  })
  window.on('close', () => {
    const left = { bounds: window.getNormalBounds(), maximized: window.isMaximized() }
    saveWindowState(stateFile, { ...left, theme: nativeTheme.themeSource }, log)
  })
  window
    .loadURL(pageUrl)
    .catch((error: unknown) => log.error({ err: error, pageUrl }, 'the page did not load'))
  return window
}
