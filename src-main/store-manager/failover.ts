import type { RunProgress } from '../../src-shared/contract/runs.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import type { FallbackFile } from './fallback-store.ts'
import { sleep } from '../runtime/async.ts'

/** A server that is restarted is back by then: nothing stands in for it unasked (real ms). */
const GRACE_MS = 5_000
/** Between two looks whether a run has ended (real ms). */
const LOOK_AGAIN_MS = 1_000

interface FailoverParts {
  /** Whether the fallback is wanted as things are. */
  readonly wantsFallback: () => boolean
  /** Whether the way back is open. */
  readonly wantsBack: () => boolean
  /** Both are called only while they are wanted. `goBack` does nothing while a run is under way. */
  readonly fallBack: () => Promise<void>
  readonly goBack: () => Promise<void>
  readonly clock: Clock
  readonly log: Pick<Log, 'warn'>
}

type Want = 'fallback' | 'back' | null

/** Exchanges the store when it is time to, without anybody asking. */
export function createFailover({ clock, log, ...parts }: FailoverParts) {
  let waiting = new AbortController()
  let waitsFor: Want = null
  let stopped = false

  const wanted = (): Want => {
    if (stopped) return null
    if (parts.wantsFallback()) return 'fallback'
    return parts.wantsBack() ? 'back' : null
  }
  const exchange = async (work: () => Promise<void>): Promise<void> => {
    try {
      await work()
    } catch (error) {
      log.warn({ err: error }, 'the store was not exchanged as it should')
    }
  }
  /** Until it is aborted: the exchange itself changes what is wanted. */
  const fallBackLater = async (signal: AbortSignal): Promise<void> => {
    while (await sleep(GRACE_MS, signal, clock)) await exchange(parts.fallBack)
  }
  const goBackWhenFree = async (signal: AbortSignal): Promise<void> => {
    do await exchange(parts.goBack)
    while (await sleep(LOOK_AGAIN_MS, signal, clock))
  }

  return {
    /** Something changed: what is still wanted goes on being waited for, and what is not, no longer. */
    look(): void {
      const want = wanted()
      if (want === waitsFor) return
      waitsFor = want
      waiting.abort()
      waiting = new AbortController()
      if (want === 'fallback') void fallBackLater(waiting.signal)
      if (want === 'back') void goBackWhenFree(waiting.signal)
    },
    stop(): void {
      stopped = true
      waiting.abort()
    },
  }
}

export type Exchanges = ReturnType<typeof createExchanges>

interface ExchangeParts {
  readonly file: FallbackFile
  /** Closes the engine and opens it with the store that is in use then. */
  readonly exchange: () => Promise<void>
  readonly runs: RunControls
  readonly log: Pick<Log, 'info' | 'warn'>
}

/** The two ways. Each throws where the engine could not be opened again: the store is exchanged all the same. */
export function createExchanges({ file, exchange, runs, log }: ExchangeParts) {
  /** The run that waited for its store when a file took that store's place: the engine that worked on it is gone then. */
  let waitingRunId: string | null = null
  // A store that cannot be read says nothing; no run goes on there, and nothing of ours waits for it.
  const currentRun = (): Promise<RunProgress | null> => runs.current().catch(() => null)

  /** The store is back, with an engine of its own: the run goes on, where no other process has taken it over. Never rejects. */
  const goOnWithRun = async (): Promise<void> => {
    const runId = waitingRunId
    waitingRunId = null
    if (runId === null) return
    try {
      const run = await runs.current()
      const rests = run?.state === 'broken' || run?.state === 'paused'
      if (run?.runId === runId && rests && !(await runs.isHeld(runId))) await runs.resume()
    } catch (error) {
      log.warn({ err: error, runId }, 'a run that waited for its store does not go on')
    }
  }
  return {
    /** Throws also where the file cannot be opened: then nothing was changed. */
    async fallBack(): Promise<void> {
      const run = await currentRun()
      waitingRunId = run?.waits === true ? run.runId : null
      await file.begin()
      log.warn('a file stands in for the store')
      await exchange()
    },
    async goBack(): Promise<void> {
      log.info('the store that is set is gone back to')
      await file.end(exchange)
      void goOnWithRun()
    },
    /** Whether a run is under way in the store in use, which keeps it from being left. */
    isRunUnderWay: async (): Promise<boolean> => (await currentRun())?.state === 'running',
  }
}

/** What can be done with the last run of the engine that is open. */
export interface RunControls {
  /** Null where there is none. Throws as `runs.current`. */
  current(): Promise<RunProgress | null>
  /** Whether a person asked for its rest. Throws as the store. */
  isHeld(runId: string): Promise<boolean>
  /** Throws as `runs.resume`. */
  resume(): Promise<void>
}
