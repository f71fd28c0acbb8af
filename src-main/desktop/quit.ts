import { spawn } from 'node:child_process'
import { app } from 'electron'
import type { Log } from '../runtime/log.ts'
import { ownAppImage } from './updates/update-kind.ts'
import { stopInTime } from './stop-in-time.ts'

/** How long the core may take to end. What it stored by then is stored; more than this no one waits for. */
const PATIENCE_MS = 2_000

/** Holds a quit back until `stop` is done, for two seconds at most. Ctrl-C and a service manager's TERM quit alike. */
export function stopBeforeQuit(stop: () => Promise<void>, log: Log): void {
  let stage: 'open' | 'stopping' | 'stopped' = 'open'
  app.on('before-quit', (event) => {
    if (stage === 'stopped') return
    event.preventDefault()
    if (stage === 'stopping') return
    stage = 'stopping'
    void stopInTime(stop, PATIENCE_MS, log).then(() => {
      stage = 'stopped'
      app.quit()
    })
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => app.quit())
}

/**
 * Has the program start once more with the same arguments; the caller ends this one next. What Electron's own way
 * starts is a helper inside the AppImage, whose mount ends with the program, before the helper has done anything
 * (electron-builder's issue 1727): an AppImage is therefore started as a file, and may take the workspace at once.
 */
export function startAgain(): void {
  const appImage = ownAppImage(process)
  if (appImage === null) return app.relaunch()
  app.releaseSingleInstanceLock()
  spawn(appImage, process.argv.slice(1), { detached: true, stdio: 'ignore' }).unref()
}

/** Quits as the menu's Quit does, the core ended first, and starts again. */
export function restart(): void {
  app.once('will-quit', startAgain)
  app.quit()
}
