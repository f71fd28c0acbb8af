import { AppError } from '../../src-shared/errors/app-error.ts'
import { isEnded } from '../generator/run-state.ts'
import type { Generator } from '../generator/runner.ts'
import type { Log } from '../runtime/log.ts'
import type { Store } from '../store/store.ts'

/** A busy hour: who looks on for a minute shall see a bar move. */
const DEMO_RUN = { weights: { Highest: 2, High: 5, Medium: 2, Low: 1 } }

interface DemoParts {
  readonly siteId: string
  readonly store: Pick<Store, 'health' | 'onHealth' | 'lastRun'>
  readonly generator: Pick<Generator, 'resume' | 'start'>
  readonly log: Pick<Log, 'info' | 'error'>
}

/**
 * Shows a newcomer something that moves: where no run was ever made, starts one of the usual 100 tickets an hour, as soon
 * as the store can be used; one that the last session left goes on. Another process may be at it already; then there is
 * nothing to do. A run that a person paused stays paused, and after one that is over none is begun.
 */
export function keepDemoRunning(parts: DemoParts, signal: AbortSignal): void {
  const { store } = parts
  const begin = (): void => {
    if (store.health().state === 'down') return
    leave()
    void goOnOrStart(parts)
  }
  const leave = store.onHealth(begin)
  signal.addEventListener('abort', leave, { once: true })
  begin()
}

async function goOnOrStart({ siteId, store, generator, log }: DemoParts): Promise<void> {
  try {
    const last = await store.lastRun(siteId)
    // One that still seems to run may be that of a process that was killed a moment ago; going on with it shows which.
    const unfinished = last !== null && !isEnded(last)
    if (last !== null && !unfinished) {
      log.info({ runId: last.runId }, 'no demo run: the workspace has been used')
      return
    }
    if (unfinished && last.requested !== null) {
      log.info({ runId: last.runId, requested: last.requested }, 'no demo run: a person held the last one')
      return
    }
    await (unfinished ? generator.resume() : generator.start(DEMO_RUN))
  } catch (error) {
    if (error instanceof AppError) log.info({ code: error.code }, `no demo run: ${error.message}`)
    else log.error({ err: error }, 'the demo run was not started')
  }
}
