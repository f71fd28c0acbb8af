import { app, type BrowserWindow, type WebContents } from 'electron'
import type { Log } from '../../runtime/log.ts'
import { createCrashCount } from './crash-count.ts'
import { choose } from '../message-boxes.ts'
import { restart } from '../start-again.ts'

export interface CrashParts {
  readonly log: Log
  /** Where the person finds what is known of a crash. */
  readonly logFolder: string
  readonly dumpFolder: string
  /** Epoch ms. */
  readonly now: () => number
}

/** From this many crashes of the window within a minute on, loading it again is not the answer. */
const MANY = 3

/** Offers to load a dead window again, or to restart; asks about one that hangs. The core goes on meanwhile. */
export function watchWindows(parts: CrashParts): void {
  const { log } = parts
  const died = createCrashCount(parts.now)
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
    void (deaths < MANY ? offerReload(contents) : offerRestart(contents, parts))
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

async function offerRestart(contents: WebContents, { logFolder, dumpFolder }: CrashParts): Promise<void> {
  const answer = await choose([RESTART, RELOAD, LATER], {
    message: 'The window keeps stopping.',
    detail: `Tickets are fetched and stored as before, and a run goes on; a restart pauses it. If a restart does not help, the maintainers need the log (${logFolder}) and the crash dumps (${dumpFolder}). Dumps may hold what was on the screen: look before you send them.`,
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
