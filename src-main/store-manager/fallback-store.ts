import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { waitsForStore } from '../../src-shared/domain/run/run-reason.ts'
import { coalesce, sleep, type Limit } from '../runtime/async.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import type { Store } from '../store/store.ts'

/** A server that is restarted is back by then: nothing stands in for it unasked (real ms). */
const GRACE_MS = 5_000
/** Between two looks whether a run has ended (real ms). */
const LOOK_AGAIN_MS = 1_000

/** A file on this machine that is worked with while the store that is set is out of reach. */
export interface FallbackStore {
  readonly store: Store
  /** The machine's epoch ms. */
  readonly sinceMs: number
}

/** What is to be done unasked: begin with the file, or go back to the store that is set. */
export type Failover = 'fallback' | 'back' | null

/** What can be done with the last run of the engine that is open. */
export interface RunControls {
  /** Null where there is none. Throws as `runs.current`. */
  current(): Promise<RunProgress | null>
  /** Whether a person asked for its rest. Throws as the store. */
  isHeld(runId: string): Promise<boolean>
  /** Throws as `runs.resume`. */
  resume(): Promise<void>
}

interface FallbackParts {
  /** Opens the file. Gives up where the signal is aborted before it is open. */
  readonly open: (signal: AbortSignal) => Promise<Store>
  /** Closes the engine and opens it with the store that is in use then. */
  readonly exchange: () => Promise<void>
  readonly wanted: () => Failover
  readonly inTurn: Limit
  readonly runs: RunControls
  readonly onChange: () => void
  readonly clock: Clock
  readonly log: Pick<Log, 'info' | 'warn'>
}

export type Fallback = ReturnType<typeof createFallback>

/**
 * The file, and the two ways: `fallBack` and `goBack` throw where the engine could not be opened again; the store is
 * exchanged all the same.
 */
export function createFallback(parts: FallbackParts) {
  const { exchange, wanted, runs, log } = parts
  const file = createFallbackFile(parts)
  /** The run that waited for its store when a file took that store's place: the engine that worked on it is gone then. */
  let waitingRunId: string | null = null

  // A store that cannot be read says nothing; no run goes on there, and nothing of ours waits for it.
  const currentRun = (): Promise<RunProgress | null> => runs.current().catch(() => null)
  const isRunUnderWay = async (): Promise<boolean> => (await currentRun())?.state === 'running'
  const fallBack = async (): Promise<void> => {
    const run = await currentRun()
    waitingRunId = run !== null && waitsForStore(run) ? run.runId : null
    await file.begin()
    log.warn('a file stands in for the store')
    await exchange()
  }
  const goBack = async (): Promise<void> => {
    log.info('the store that is set is gone back to')
    await file.end(exchange)
    const runId = waitingRunId
    waitingRunId = null
    if (runId !== null) void goOnWithRun(runId, runs, log)
  }
  const waiting = createFailoverWait(parts, async (to) => {
    if (wanted() !== to) return
    if (to === 'fallback') await fallBack()
    else if (!(await isRunUnderWay())) await goBack()
  })
  return {
    ...file,
    /** Throws also where the file cannot be opened: then nothing was changed. */
    fallBack,
    goBack,
    /** Whether a run is under way in the store in use, which keeps it from being left. */
    isRunUnderWay,
    look: () => waiting.look(),
    /** For good; also one that is just being opened. */
    async close(): Promise<void> {
      waiting.stop()
      await file.close()
    },
  }
}

function createFallbackFile({ open, onChange, clock }: FallbackParts) {
  const closed = new AbortController()
  let inUse: FallbackStore | null = null

  const opening = coalesce(async (): Promise<void> => {
    closed.signal.throwIfAborted()
    const store = await open(closed.signal)
    inUse = { store, sinceMs: clock.now() }
    onChange()
  })
  /** It stands in no more; it is closed once `leave` has ended, with which the engine leaves it. Throws as that. */
  const end = async (leave = async (): Promise<void> => {}): Promise<void> => {
    const former = inUse
    if (former === null) return
    inUse = null
    onChange()
    try {
      await leave()
    } finally {
      await former.store.close()
    }
  }
  return {
    /** Null where nothing stands in. */
    now: (): FallbackStore | null => inUse,
    /** Opens the file, where it is not open. Throws as `openStore`, and `cancelled` once it was closed; then nothing stands in. */
    async begin(): Promise<void> {
      if (inUse === null) await opening()
    },
    end,
    async close(): Promise<void> {
      closed.abort(closing())
      await opening.current()?.catch(() => {}) // thrown to the caller that opens it
      await end()
    },
  }
}

/** Has the store exchanged as is wanted: again and again, since the exchange itself changes what is wanted. */
function createFailoverWait(
  { wanted, inTurn, clock, log }: FallbackParts,
  failOver: (to: 'fallback' | 'back') => Promise<void>,
) {
  let waitsFor: Failover = null
  let waiting = new AbortController()

  const failOverWhenDue = async (to: 'fallback' | 'back', signal: AbortSignal): Promise<void> => {
    const pauseMs = to === 'fallback' ? GRACE_MS : LOOK_AGAIN_MS
    if (to === 'fallback' && !(await sleep(pauseMs, signal, clock))) return
    do {
      await inTurn(() => failOver(to)).catch((error: unknown) => {
        log.warn({ err: error }, 'the store was not exchanged as it should')
      })
    } while (await sleep(pauseMs, signal, clock))
  }
  return {
    /** Something changed: what is still wanted goes on being waited for, and what is not, no longer. */
    look(): void {
      const want = wanted()
      if (want === waitsFor) return
      waitsFor = want
      waiting.abort()
      waiting = new AbortController()
      if (want !== null) void failOverWhenDue(want, waiting.signal)
    },
    stop: (): void => waiting.abort(),
  }
}

/** The store is back, with an engine of its own: the run goes on, where no other process has taken it over. Never rejects. */
async function goOnWithRun(runId: string, runs: RunControls, log: Pick<Log, 'warn'>): Promise<void> {
  try {
    const run = await runs.current()
    const rests = run?.state === 'broken' || run?.state === 'paused'
    if (run?.runId === runId && rests && !(await runs.isHeld(runId))) await runs.resume()
  } catch (error) {
    log.warn({ err: error, runId }, 'a run that waited for its store does not go on')
  }
}

export function closing(): AppError {
  return new AppError('cancelled', 'Jira TPM is closing.', { consequence: 'The store was not changed.' })
}
