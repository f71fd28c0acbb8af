import type { RunProgress } from '../../src-shared/contract/models.ts'
import type { Log } from '../runtime/log.ts'

/** What can be done with the last run of the engine that is open. */
export interface RunDoor {
  /** Null where there is none. Throws as `runs.current`. */
  current(): Promise<RunProgress | null>
  /** Whether a person's word brought it to rest. Throws as the store. */
  isHeld(runId: string): Promise<boolean>
  /** Throws as `runs.resume`. */
  resume(): Promise<void>
}

/** The run that waited for its store when a file took that store's place: the engine that worked on it is gone then. */
export interface WaitingRun {
  /** Before the file takes the place. Never rejects. */
  note(): Promise<void>
  /** The store is back, with an engine of its own: the run goes on, where nobody has taken care of it. Never rejects. */
  goOn(): Promise<void>
}

export function createWaitingRun(runs: RunDoor, log: Pick<Log, 'warn'>): WaitingRun {
  let runId: string | null = null
  return {
    async note() {
      // Where the store must be asked, nothing of ours waits for it.
      const run = await runs.current().catch(() => null)
      runId = run?.waits === true ? run.runId : null
    },
    async goOn() {
      const waited = runId
      runId = null
      if (waited === null) return
      try {
        const run = await runs.current()
        const rests = run?.state === 'broken' || run?.state === 'paused'
        if (run?.runId === waited && rests && !(await runs.isHeld(waited))) await runs.resume()
      } catch (error) {
        log.warn({ err: error, runId: waited }, 'a run that waited for its store does not go on')
      }
    },
  }
}
