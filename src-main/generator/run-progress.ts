import type { RunProgress } from '../../src-shared/contract/models.ts'
import type { Clock } from '../clock.ts'
import type { Run, RunCounts } from '../store/store.ts'

const PUBLISH_EVERY_MS = 200

/** How a run stands: see `RunProgress`. */
export type Standing = Pick<RunProgress, 'state' | 'reason' | 'waits'>

export function runProgress(run: Run, counts: RunCounts, standing: Standing): RunProgress {
  const { runId, seed, projectKey, planned, startMs, endMs, rate } = run
  const { created, failed, unknown, latenessP95Ms } = counts
  return {
    runId,
    seed,
    projectKey,
    planned,
    created,
    failed,
    unknown,
    startMs,
    endMs,
    rate,
    latenessP95Ms,
    state: standing.state,
    reason: standing.reason,
    ...(standing.waits === true && { waits: true }),
  }
}

/** Tells of changes at most five times a second, the last of them always. */
export interface ProgressFeed {
  readonly changed: () => void
  /** Ends what is under way; nothing is told after it resolves. */
  close(): Promise<void>
}

/** `tell` reads and publishes; where it throws, the change is told with the next. */
export function createProgressFeed(tell: () => Promise<void>, clock: Clock): ProgressFeed {
  const closed = new AbortController()
  let dirty = false
  let telling: Promise<void> | undefined

  const tellWhileDirty = async (): Promise<void> => {
    while (dirty && !closed.signal.aborted) {
      dirty = false
      await tell()
      await clock.sleep(PUBLISH_EVERY_MS, closed.signal).catch(() => {})
    }
    telling = undefined
  }

  return {
    changed() {
      dirty = true
      telling ??= tellWhileDirty()
    },
    async close() {
      closed.abort()
      await telling
    },
  }
}
