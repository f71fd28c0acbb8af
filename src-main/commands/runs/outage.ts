import type { Client } from '../../../src-shared/contract/client.ts'
import type { RunProgress } from '../../../src-shared/contract/runs/runs.ts'
import { AppError, errorText } from '../../../src-shared/errors/app-error.ts'
import { sleep } from '../../runtime/async.ts'
import { say, type CliIo } from '../cli/io.ts'

/** Real milliseconds. */
interface Patience {
  /** It is looked again so often, … */
  readonly everyMs: number
  /** … and no longer than this. */
  readonly mostMs: number
}

/** A database that fails over, or is restarted, is back by then. */
const STORE: Patience = { everyMs: 1_000, mostMs: 2 * 60_000 }

/** A server goes on by then with a run that it has let go of, once its store is back. */
const TAKEN_UP: Patience = { everyMs: 1_000, mostMs: 10_000 }

/**
 * What a read gives. While the store is away it is waited for, which is said once. Throws what the read throws, also where
 * the store does not come back in time, and `cancelled` after Ctrl-C.
 */
export async function whenReadable<T>(
  io: CliIo,
  read: () => Promise<T>,
  { everyMs, mostMs }: Patience = STORE,
): Promise<T> {
  const untilMs = performance.now() + mostMs
  for (let isSaid = false; ; isSaid = true) {
    try {
      return await read()
    } catch (error) {
      const isAway = error instanceof AppError && error.code === 'store-unavailable' && error.retryable
      if (!isAway || performance.now() >= untilMs) throw error
      if (!isSaid) say(io, `${errorText(error)} It is waited for.`)
      if (!(await sleep(everyMs, io.signal))) throw new AppError('cancelled', 'The store was not waited for.')
    }
  }
}

/**
 * Listens to runs. A server whose store was away goes on by itself with its run, which the others show as broken until then:
 * one is told of as broken where it still is after a while in which it can be read.
 */
export function onRun(
  client: Client,
  tell: (run: RunProgress) => void,
  patience: Patience = TAKEN_UP,
): () => void {
  const left = new AbortController()
  const looked = new Set<string>()
  const leave = client.on('run.changed', (run) => {
    if (run.state !== 'broken') return tell(run)
    if (looked.has(run.runId)) return
    looked.add(run.runId)
    void stillBroken(client, run, patience, left.signal).then((now) => {
      looked.delete(run.runId)
      if (now !== null) tell(now)
    })
  })
  return () => {
    left.abort()
    leave()
  }
}

/** How a run that looks broken stands when it does so no more, or for good; null after the abort. */
async function stillBroken(
  client: Client,
  run: RunProgress,
  { everyMs, mostMs }: Patience,
  signal: AbortSignal,
): Promise<RunProgress | null> {
  let untilMs = performance.now() + mostMs
  while (await sleep(everyMs, signal)) {
    try {
      const now = await client.call('runs.get', { runId: run.runId })
      if (now.state !== 'broken' || performance.now() >= untilMs) return now
    } catch (error) {
      if (!(error instanceof AppError) || !error.retryable) return run
      untilMs = performance.now() + mostMs
    }
  }
  return null
}
