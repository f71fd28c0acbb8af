import type { RunProgress } from '../../src-shared/contract/models.ts'
import type { Clock } from '../clock.ts'
import type { Run, RunCounts } from '../store/store.ts'

const PUBLISH_EVERY_MS = 200

export function runProgress(
  run: Run,
  counts: RunCounts,
  state: RunProgress['state'],
  reason: string | null,
): RunProgress {
  const { runId, seed, projectKey, planned, startMs, endMs, rate } = run
  const { created, failed, unknown, latenessP95Ms } = counts
  return {
    runId,
    seed,
    state,
    projectKey,
    planned,
    created,
    failed,
    unknown,
    startMs,
    endMs,
    rate,
    latenessP95Ms,
    reason,
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
