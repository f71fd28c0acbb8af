import { app } from 'electron'
import type { Log } from '../runtime/log.ts'
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
