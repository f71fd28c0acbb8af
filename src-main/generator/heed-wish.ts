import { paced } from '../live/paced.ts'
import type { LaunchParts } from './working-run.ts'

/** Commits come with every slot: the run is read so often at most. */
const PACE = { burst: 1, everyMs: 250 }
/** A commit that nobody was told of is found by then (real ms). */
const LOOK_AGAIN_MS = 2_000

/** Obeys what other processes ask of a run that this one works on, until the returned function is called. */
export function watchRequests({ store, siteId, run, runAbort, log }: LaunchParts): () => void {
  const ended = new AbortController()
  const look = async (): Promise<void> => {
    const stored = await store.run(siteId, run.runId)
    // That of one at rest was obeyed.
    const isAsked = stored?.state === 'running' && stored.wish !== null
    if (!ended.signal.aborted && isAsked) runAbort.abort(stored.wish)
  }
  // A store that cannot be read is noticed by the work itself.
  const lookSoon = paced(
    () => look().catch((err: unknown) => log.info({ err, runId: run.runId }, 'no look at a run’s wishes')),
    PACE,
    ended.signal,
  )
  const leave = store.onCommit(siteId, ['ledger'], lookSoon)
  const timer = setInterval(lookSoon, LOOK_AGAIN_MS)
  timer.unref()
  return () => {
    leave()
    clearInterval(timer)
    ended.abort()
  }
}
