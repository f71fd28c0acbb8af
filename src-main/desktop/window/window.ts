import {
  app,
  BrowserWindow,
  nativeTheme,
  protocol,
  screen,
  shell,
  type Session,
  type WebContents,
} from 'electron'
import type { Log } from '../../runtime/log.ts'
import { APP_SCHEME, isOwnPage, mayOpenOutside } from './addresses.ts'
import { answerFileRequest } from './renderer-files.ts'
import { MIN_SIZE, placeWindow, readWindowState, saveWindowState } from './window-state.ts'

/** Makes app:// a secure origin with its own storage. To be called before Electron is ready. */
export function registerAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: APP_SCHEME, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the window's files from `folder` under app://jira-tpm/. */
export function serveAppScheme(folder: string, log: Log): void {
  protocol.handle(APP_SCHEME, async (request) => {
    const answer = await answerFileRequest(request, folder)
    if (!answer.ok)
      log.warn({ url: request.url, method: request.method, status: answer.status }, 'app:// refused')
    return answer
  })
}

interface WindowOptions {
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

interface NavigationRules {
  /** The one page that a window may show. */
  readonly pageUrl: string
  /** Origin of the configured Jira; null for the sandbox, which has no pages. */
  readonly jiraOrigin: () => string | null
  readonly log: Log
}

/** Keeps every window on its page: no other page, frame or web view in it, no new window; links go to the browser. */
export function closeNavigation(rules: NavigationRules): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => holdOnPage(event, rules))
    contents.on('will-frame-navigate', (event) => holdOnPage(event, rules))
    contents.on('will-redirect', (event) => holdOnPage(event, rules))
    contents.on('will-attach-webview', (event) => event.preventDefault())
    openLinksOutside(contents, rules)
  })
}

function holdOnPage(event: { readonly url: string; preventDefault(): void }, rules: NavigationRules): void {
  if (isOwnPage(event.url, rules.pageUrl)) return
  event.preventDefault()
  rules.log.warn({ url: event.url }, 'navigation refused')
}

function openLinksOutside(contents: WebContents, { jiraOrigin, log }: NavigationRules): void {
  contents.setWindowOpenHandler(({ url }) => {
    if (mayOpenOutside(url, jiraOrigin())) {
      shell
        .openExternal(url)
        .catch((error: unknown) => log.error({ err: error, url }, 'no browser took the link'))
    } else {
      log.warn({ url }, 'link refused')
    }
    return { action: 'deny' }
  })
}

/**
 * To put what a person shares into the clipboard, from which nothing is read; for the TV view, to fill the screen and keep it
 * on; to say that a rule rings.
 */
const GRANTED: ReadonlySet<string> = new Set([
  'clipboard-sanitized-write',
  'fullscreen',
  'screen-wake-lock',
  'notifications',
])

/** The window needs no camera, place or device: each request and each check is refused, but for those above. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer) => answer(GRANTED.has(permission)))
  session.setPermissionCheckHandler((_contents, permission) => GRANTED.has(permission))
  session.setDevicePermissionHandler(() => false)
}
