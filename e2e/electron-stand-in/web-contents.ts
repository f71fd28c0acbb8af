import { EventEmitter } from 'node:events'
import type * as Electron from 'electron'
import type { CDPSession, Page } from 'playwright'
import { app } from './app.ts'
import { ipcMain } from './ipc-main.ts'
import { encodeArgs, tellPage, type FromPageMessage } from './page-wire.ts'
import { person } from './person.ts'
import { session } from './session.ts'

type Carried =
  | 'forcefullyCrashRenderer'
  | 'getURL'
  | 'id'
  | 'isDestroyed'
  | 'reload'
  | 'send'
  | 'setWindowOpenHandler'
type OpenHandler = Parameters<Electron.WebContents['setWindowOpenHandler']>[0]

/** What shows a window's page. Its frame is the main frame; others are not carried. */
export class WebContents extends EventEmitter implements Pick<Electron.WebContents, Carried> {
  readonly id: number
  readonly session = session.defaultSession
  readonly mainFrame = { parent: null, url: '', origin: 'null' }
  #page: Page | undefined
  #devTools: CDPSession | undefined
  #hasPreload = false
  #isCrashed = false
  #reopen = (): void => {}
  #isDestroyed = false
  #openHandler: OpenHandler = () => ({ action: 'allow' })

  constructor(id: number) {
    super()
    this.id = id
  }

  getURL = (): string => this.mainFrame.url
  isDestroyed = (): boolean => this.#isDestroyed

  /** A page that has crashed is dead to Playwright: another one takes its place, and the app cannot tell. */
  reload(): void {
    if (this.#isCrashed) this.#reopen()
    else void this.#page?.reload()
  }

  forcefullyCrashRenderer(): void {
    this.#isCrashed = true
    // The answer never comes: whoever would give it is gone.
    this.#devTools?.send('Page.crash').catch(() => {})
  }

  setWindowOpenHandler(handler: OpenHandler): void {
    this.#openHandler = handler
  }

  /** Where no document with a preload is, no one listens, and the message is lost, in Electron too. */
  send(channel: string, ...args: unknown[]): void {
    if (this.#isDestroyed) throw new TypeError('Object has been destroyed')
    this.#tell('push', '', channel, encodeArgs(args))
  }

  /** For the stand-in: the page is there. */
  attach(page: Page, devTools: CDPSession): void {
    this.#page = page
    this.#devTools = devTools
    this.#isCrashed = false
    this.#hasPreload = false
  }

  /** For the stand-in: how another page is opened in the place of one that crashed. */
  onReopen(reopen: () => void): void {
    this.#reopen = reopen
  }

  /** For the stand-in: the renderer is gone. How it went Chromium does not tell here. */
  crashed(page: Page): void {
    if (page !== this.#page) return
    this.#isCrashed = true
    this.#hasPreload = false
    const details = { reason: 'crashed', exitCode: 1 }
    this.emit('render-process-gone', {}, details)
    app.emit('render-process-gone', {}, this, details)
  }

  /** For the stand-in: another document, whose preload has not run yet. */
  navigated(url: string): void {
    const { protocol, host } = new URL(url)
    Object.assign(this.mainFrame, { url, origin: `${protocol}//${host}` })
    this.emit('did-navigate', {}, url)
  }

  destroyed(): void {
    this.#isDestroyed = true
    this.emit('destroyed')
  }

  /** For the stand-in: the page called `window.open`. */
  windowOpened(details: { url: string; frameName: string; features: string }): void {
    const rest = { disposition: 'foreground-tab', referrer: { url: '', policy: 'default' } } as const
    const { action } = this.#openHandler({ ...details, ...rest })
    if (action === 'allow') person.log.push(`window.open of ${details.url} was allowed, but is not carried`)
  }

  /** For the stand-in: the preload said something. */
  async hear({ kind, id, channel, args }: FromPageMessage): Promise<void> {
    const event = { sender: this, senderFrame: this.mainFrame, processId: 1, frameId: 1 }
    switch (kind) {
      case 'preload-done':
        this.#hasPreload = true
        break
      case 'preload-failed':
        person.log.push(`the preload failed: ${String(args[0])}`)
        this.emit('preload-error', {}, '', new Error(String(args[0])))
        break
      case 'send':
        ipcMain.emit(channel, event, ...args)
        break
      case 'invoke':
        await this.#answer(id, channel, event, args)
    }
  }

  async #answer(id: string, channel: string, event: object, args: readonly unknown[]): Promise<void> {
    try {
      const result = await ipcMain.invoke(channel, event, args)
      this.#tell('resolve', id, channel, encodeArgs([result]))
    } catch (error) {
      this.#tell('reject', id, channel, encodeArgs([String(error)]))
    }
  }

  #tell(kind: 'push' | 'resolve' | 'reject', id: string, channel: string, text: string): void {
    if (!this.#devTools || !this.#hasPreload || this.#isDestroyed) return
    tellPage(this.#devTools, kind, id, channel, text).catch((error: unknown) => {
      person.log.push(`a message on ${channel} met no page: ${String(error)}`)
    })
  }
}
