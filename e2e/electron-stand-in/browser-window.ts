import { EventEmitter } from 'node:events'
import type * as Electron from 'electron'
import type { Page } from 'playwright'
import { app } from './app.ts'
import { notCarried } from './carried.ts'
import { nativeTheme } from './native-theme.ts'
import { addWindow, openWindows, removeWindow, type OpenWindow } from './open-windows.ts'
import { person } from './person.ts'
import { emitPreventable } from './preventable-event.ts'
import { customSchemes } from './protocol.ts'
import { travellingUrl } from './scheme-urls.ts'
import { WebContents } from './web-contents.ts'
import { openPage } from './window-page.ts'

type Carried =
  | 'close'
  | 'focus'
  | 'getNormalBounds'
  | 'hide'
  | 'id'
  | 'isDestroyed'
  | 'isMaximized'
  | 'isMinimized'
  | 'isVisible'
  | 'loadURL'
  | 'maximize'
  | 'minimize'
  | 'restore'
  | 'setContentSize'
  | 'setProgressBar'
  | 'show'

let lastId = 0

/** A window without a window manager: a Chromium page, and what the app said about its place. */
export class BrowserWindow extends EventEmitter implements Pick<Electron.BrowserWindow, Carried>, OpenWindow {
  readonly id = (lastId += 1)
  readonly webContents = new WebContents(this.id)
  page: Page | undefined
  #opened: Promise<Page>
  readonly #bounds: Electron.Rectangle
  #state: 'normal' | 'maximized' | 'minimized' = 'normal'
  #isVisible: boolean
  #isDestroyed = false

  constructor(options: Electron.BrowserWindowConstructorOptions = {}) {
    super()
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready')
    refuseUncarried(options.webPreferences ?? {})
    const { x = 0, y = 0, width = 800, height = 600, show = true } = options
    this.#bounds = { x, y, width, height }
    this.#isVisible = show
    addWindow(this)
    this.webContents.once('did-finish-load', () => this.emit('ready-to-show'))
    app.emit('web-contents-created', {}, this.webContents)
    app.emit('browser-window-created', {}, this)
    const preload = options.webPreferences?.preload
    this.#opened = this.#open(preload)
    this.webContents.onReopen(() => void this.#reopen(preload))
  }

  static getAllWindows(): BrowserWindow[] {
    return openWindows() as BrowserWindow[]
  }

  isDestroyed = (): boolean => this.#isDestroyed
  isVisible = (): boolean => this.#isVisible
  isMaximized = (): boolean => this.#state === 'maximized'
  isMinimized = (): boolean => this.#state === 'minimized'
  getNormalBounds = (): Electron.Rectangle => ({ ...this.#bounds })
  maximize = (): void => void (this.#state = 'maximized')
  minimize = (): void => void (this.#state = 'minimized')
  restore = (): void => void (this.#state = 'normal')
  focus = (): void => void this.emit('focus')
  setProgressBar = (progress: number): void => void person.progress.push(progress)
  close = (): void => void this.requestClose()

  hide(): void {
    this.#isVisible = false
    this.emit('hide')
  }

  show(): void {
    this.#isVisible = true
    this.emit('show')
  }

  setContentSize(width: number, height: number): void {
    Object.assign(this.#bounds, { width, height })
    void this.page?.setViewportSize({ width, height })
  }

  async loadURL(address: string): Promise<void> {
    const page = await this.#opened
    await page.goto(travellingUrl(address, customSchemes), { waitUntil: 'load' })
  }

  async requestClose(): Promise<boolean> {
    if (this.#isDestroyed) return true
    if (!emitPreventable(this, 'close')) return false
    const page = await this.#opened
    await page.close()
    this.#destroyed()
    return true
  }

  async applyTheme(): Promise<void> {
    await this.page?.emulateMedia({ colorScheme: nativeTheme.shouldUseDarkColors ? 'dark' : 'light' })
  }

  /** Electron asks about what the page itself begins, so the first load, from about:blank, is not asked about. */
  permitsNavigation(url: string, isMainFrame: boolean): boolean {
    if (isMainFrame && this.page?.url() === 'about:blank') return true
    const details = { url, isMainFrame, isSameDocument: false, frame: null, initiator: null }
    const permitted = emitPreventable(this.webContents, 'will-frame-navigate', details)
    return permitted && (!isMainFrame || emitPreventable(this.webContents, 'will-navigate', details))
  }

  async #open(preload: string | undefined): Promise<Page> {
    const { width, height } = this.#bounds
    const page = await openPage(this.webContents, { preload, width, height })
    this.page = page
    page.on('close', () => {
      if (page === this.page) this.#destroyed()
    })
    page.on('crash', () => person.log.push('the page crashed'))
    await this.applyTheme()
    return page
  }

  /** Loads the same address again, in a page that takes the place of the one that crashed. */
  async #reopen(preload: string | undefined): Promise<void> {
    const dead = this.page
    const address = this.webContents.getURL()
    this.#opened = this.#open(preload)
    await this.loadURL(address)
    await dead?.close()
  }

  #destroyed(): void {
    if (this.#isDestroyed) return
    this.#isDestroyed = true
    this.webContents.destroyed()
    this.emit('closed')
    if (removeWindow(this.id)) app.lastWindowClosed()
  }
}

function refuseUncarried(preferences: Electron.WebPreferences): void {
  if (preferences.nodeIntegration) notCarried('webPreferences.nodeIntegration')
  if (preferences.contextIsolation === false) notCarried('webPreferences.contextIsolation: false')
  if (preferences.sandbox === false) notCarried('webPreferences.sandbox: false')
  if (preferences.webSecurity === false) notCarried('webPreferences.webSecurity: false')
  if (preferences.spellcheck !== false)
    notCarried('webPreferences.spellcheck, which Electron has by default,')
}
