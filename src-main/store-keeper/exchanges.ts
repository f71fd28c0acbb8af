import type { Log } from '../runtime/log.ts'
import type { StandInFile } from './stand-in.ts'
import { createWaitingRun, type RunDoor } from './waiting-run.ts'

/** The two ways. Each throws where the engine could not be opened again: the store is exchanged all the same. */
export interface Exchanges {
  /** Throws also where the file cannot be opened: then nothing was changed. */
  fallBack(): Promise<void>
  goBack(): Promise<void>
  /** Whether a run is under way in the store in use, which keeps it from being left. */
  isRunUnderWay(): Promise<boolean>
}

interface ExchangeParts {
  readonly file: StandInFile
  /** Closes the engine and opens it with the store that is in use then. */
  readonly exchange: () => Promise<void>
  readonly runs: RunDoor
  readonly log: Pick<Log, 'info' | 'warn'>
}

export function createExchanges({ file, exchange, runs, log }: ExchangeParts): Exchanges {
  const waitingRun = createWaitingRun(runs, log)
  return {
    async fallBack() {
      await waitingRun.note()
      await file.begin()
      log.warn('a file stands in for the store')
      await exchange()
    },
    async goBack() {
      log.info('the store that is set is gone back to')
      await file.end(exchange)
      void waitingRun.goOn()
    },
    async isRunUnderWay() {
      // Of a store that cannot be read nobody knows; no run goes on there.
      const run = await runs.current().catch(() => null)
      return run?.state === 'running'
    },
  }
}
