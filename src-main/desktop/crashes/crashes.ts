import { chmodSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { app, crashReporter, type BrowserWindow, type WebContents } from 'electron'
import { machineClock } from '../../runtime/clock.ts'
import { logFolder, type Log, type OpenLog } from '../../runtime/log.ts'
import { askAfterCrash, choose } from '../message-boxes.ts'
import { restart, startAgain } from '../quit.ts'
import { createCrashCount } from '../window/crash-count.ts'
import { pruneDumps } from './prune-dumps.ts'

/** The folder of the crash dumps in a workspace. */
function dumpFolder(dataDir: string): string {
  return path.join(dataDir, 'crashes')
}

/**
 * Has Chromium write a dump when one of its processes dies. Dumps are pieces of memory, so they stay on this machine, in
 * a folder that only its person reads; nothing is sent. To be called before Electron is ready. Where there can be no
 * such folder none are kept, and the program starts all the same.
 */
export function keepCrashDumps(dataDir: string): void {
  const folder = dumpFolder(dataDir)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    chmodSync(folder, 0o700) // one that was there already
    app.setPath('crashDumps', folder)
    crashReporter.start({ uploadToServer: false })
  } catch (error) {
    console.error(`No crash dumps are kept: ${(error as Error).message}`) // there is no log yet
  }
}

const MAX_DUMPS = 10

/** Keeps the ten newest dumps. */
export function tidyCrashDumps(dataDir: string, log: Log): void {
  try {
    const left = pruneDumps(dumpFolder(dataDir), MAX_DUMPS)
    if (left > 0) log.info({ folder: dumpFolder(dataDir), left }, 'there are crash dumps')
  } catch (error) {
    log.warn({ err: error }, 'old crash dumps could not be deleted')
  }
}

/** Logs whatever dies of the browser's processes; a bug of ours ends the program with a sentence, or starts it again. */
export function reportCrashes(logging: OpenLog): void {
  const { log } = logging
  let ending = false
  const end = (error: unknown): void => {
    log.fatal({ err: error }, 'a bug ended the program')
    if (!ending) void endProgram(logging)
    ending = true
  }
  process.on('uncaughtException', end)
  process.on('unhandledRejection', end)
  app.on('child-process-gone', (_event, details) =>
    log.error({ details }, 'a process of the browser is gone'),
  )
}

async function endProgram(logging: OpenLog): Promise<void> {
  const again = askAfterCrash()
  await logging.close()
  if (again) startAgain()
  app.exit(1)
}

/** From this many crashes of the window within a minute on, loading it again is not the answer. */
const MANY = 3

/** Offers to load a dead window again, or to restart; asks about one that hangs. The core goes on meanwhile. */
export function watchWindows(dataDir: string, log: Log): void {
  const died = createCrashCount(() => machineClock.now())
  /** Those that hung, and were ended because the person said so. */
  const ended = new WeakSet<WebContents>()
  app.on('render-process-gone', (_event, contents, details) => {
    if (details.reason === 'clean-exit') return
    if (ended.delete(contents)) {
      log.warn({ details }, 'the window that hung was ended')
      return
    }
    const deaths = died()
    log.error({ details, deaths }, 'the window is gone')
    void (deaths < MANY ? offerReload(contents) : offerRestart(contents, dataDir))
  })
  app.on('browser-window-created', (_event, window) => watchForHanging(window, ended, log))
}

const RELOAD = 'Reload'

const RESTART = 'Restart Jira TPM'

const LATER = 'Not now'

async function offerReload(contents: WebContents): Promise<void> {
  const answer = await choose([RELOAD, RESTART, LATER], {
    message: 'The window stopped working.',
    detail:
      'Tickets are fetched and stored as before, and a run goes on. Reload shows them again. A restart pauses a run under way.',
  })
  act(answer, contents)
}

async function offerRestart(contents: WebContents, dataDir: string): Promise<void> {
  const answer = await choose([RESTART, RELOAD, LATER], {
    message: 'The window keeps stopping.',
    detail: `Tickets are fetched and stored as before, and a run goes on; a restart pauses it. If a restart does not help, the maintainers need the log (${logFolder(dataDir)}) and the crash dumps (${dumpFolder(dataDir)}). Dumps may hold what was on the screen: look before you send them.`,
  })
  act(answer, contents)
}

function act(answer: string, contents: WebContents): void {
  if (answer === RESTART) restart()
  else if (answer === RELOAD && !contents.isDestroyed()) contents.reload()
}

/** Asks once while it hangs; the question goes away when the window answers again. */
function watchForHanging(window: BrowserWindow, ended: WeakSet<WebContents>, log: Log): void {
  let asking: AbortController | null = null
  window.on('unresponsive', () => {
    if (asking !== null) return
    asking = new AbortController()
    log.warn('the window does not answer')
    const { signal } = asking
    void offerToEnd(window.webContents, ended, signal).finally(() => (asking = null))
  })
  window.on('responsive', () => {
    log.info('the window answers again')
    asking?.abort()
  })
}

async function offerToEnd(
  contents: WebContents,
  ended: WeakSet<WebContents>,
  signal: AbortSignal,
): Promise<void> {
  const answer = await choose(['Wait', RELOAD], {
    message: 'The window does not answer.',
    detail: 'Tickets are fetched and stored as before, and a run goes on. Wait, or load the window again.',
    closed: 'Wait',
    signal,
  })
  if (answer !== RELOAD || signal.aborted || contents.isDestroyed()) return
  // One that hangs does not load anything: it is ended first.
  ended.add(contents)
  contents.forcefullyCrashRenderer()
  contents.reload()
}
