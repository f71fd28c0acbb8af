import type { RunProgress } from '../../src-shared/contract/models.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Run, RunCounts } from '../store/store.ts'

const PUBLISH_EVERY_MS = 200

/** How a run stands: see `RunProgress`. */
export type Standing = Pick<RunProgress, 'state' | 'reason' | 'waits' | 'slept'> & {
  readonly by?: RunProgress['by']
}

export const NO_COUNTS: RunCounts = {
  created: 0,
  failed: 0,
  unknown: 0,
  open: 0,
  skipped: 0,
  missed: 0,
  removed: 0,
  lateness: null,
}

export function runProgress(run: Run, counts: RunCounts, standing: Standing): RunProgress {
  const { runId, seed, profile, projectKey, planned, startMs, endMs, rate, shiftedMs } = run
  const { created, failed, unknown, skipped, removed, lateness } = counts
  const { state, reason, by = null } = standing
  const standsStill = state === 'paused' || state === 'broken'
  return {
    runId,
    seed,
    profile,
    state,
    by,
    projectKey,
    planned,
    created,
    failed,
    unknown,
    skipped,
    missed: standsStill ? counts.missed : 0,
    removed,
    startMs,
    endMs,
    rate,
    lateness: lateness === null ? null : { ...lateness },
    reason,
    ...(standing.waits === true && { waits: true }),
    ...(standing.slept === true && { slept: true }),
    ...(shiftedMs > 0 && { shiftedMs }),
  }
}

/** Tells of changes at most five times a second, the last of them always. */
export interface ProgressFeed {
  readonly changed: () => void
  /** Ends what is under way; nothing is told after it resolves. */
  closeRun(): Promise<void>
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
    async closeRun() {
      closed.abort()
      await telling
    },
  }
}
