import { EventEmitter } from 'node:events'
import { mkdirSync } from 'node:fs'
import type * as Electron from 'electron'
import { appFolder, appName, appPackage } from './app-folder.ts'
import { appPath, setAppPath } from './app-paths.ts'
import { closeBrowser } from './browser.ts'
import { carried } from './carried.ts'
import { openWindows } from './open-windows.ts'
import { person } from './person.ts'
import { emitPreventable } from './preventable-event.ts'
import { startAgain } from './start-again.ts'
import { lockSingleInstance, type Lock, type SecondInstance } from './single-instance-lock.ts'

type Carried =
  | 'enableSandbox'
  | 'exit'
  | 'getAppPath'
  | 'getName'
  | 'getPath'
  | 'getVersion'
  | 'isPackaged'
  | 'isReady'
  | 'quit'
  | 'relaunch'
  | 'releaseSingleInstanceLock'
  | 'requestSingleInstanceLock'
  | 'setAppLogsPath'
  | 'setBadgeCount'
  | 'setPath'
  | 'showAboutPanel'
  | 'whenReady'

class App extends EventEmitter implements Pick<Electron.App, Carried> {
  readonly isPackaged = process.env['STAND_IN_PACKAGED'] === '1'
  #isReady = false
  #isQuitting = false
  #lock: Lock | undefined
  readonly #relaunches: Electron.RelaunchOptions[] = []
  readonly #ready = Promise.withResolvers<void>()

  enableSandbox(): void {} // Chromium decides by itself here
  getName = (): string => appName
  getVersion = (): string => appPackage.version
  getAppPath = (): string => appFolder
  getPath = appPath
  setPath = setAppPath
  isReady = (): boolean => this.#isReady
  whenReady = (): Promise<void> => this.#ready.promise

  setAppLogsPath(folder: string = appPath('logs')): void {
    mkdirSync(folder, { recursive: true })
    setAppPath('logs', folder)
  }

  setBadgeCount(count = 0): boolean {
    person.badge = count
    return true
  }

  showAboutPanel(): void {
    person.aboutPanels += 1
  }

  requestSingleInstanceLock(): boolean {
    const hear = ({ argv, cwd }: SecondInstance): void => void this.emit('second-instance', {}, argv, cwd)
    this.#lock = lockSingleInstance(appPath('userData'), hear)
    return this.#lock.isOurs
  }

  releaseSingleInstanceLock(): void {
    this.#lock?.release()
    this.#lock = undefined
  }

  /** The same program again, once this one has ended. */
  relaunch(options: Electron.RelaunchOptions = {}): void {
    this.#relaunches.push(options)
  }

  quit(): void {
    void this.#quit()
  }

  exit(code = 0): void {
    this.#isQuitting = true // the end of its windows is no further one
    void Promise.allSettled([closeBrowser(), this.#lock?.handedOver]).then(() => {
      this.#lock?.release()
      for (const options of this.#relaunches) startAgain(options)
      process.exit(code)
    })
  }

  /** For the stand-in: the app's main module has been evaluated. Electron too is ready only then. */
  becomeReady(): void {
    if (this.#isQuitting) return
    this.#isReady = true
    this.emit('ready', {}, {})
    this.#ready.resolve()
  }

  /** For the stand-in: without a listener of the app's, the last window's end is the app's. */
  lastWindowClosed(): void {
    if (this.#isQuitting) return
    if (!this.emit('window-all-closed')) this.quit()
  }

  async #quit(): Promise<void> {
    if (this.#isQuitting || !emitPreventable(this, 'before-quit')) return
    this.#isQuitting = true
    this.#isQuitting = (await closeAllWindows()) && emitPreventable(this, 'will-quit')
    if (!this.#isQuitting) return
    this.emit('quit', {}, 0)
    this.exit(0)
  }
}

async function closeAllWindows(): Promise<boolean> {
  for (const window of openWindows()) {
    if (!(await window.requestClose())) return false
  }
  return true
}

export const app = carried('app', new App())
