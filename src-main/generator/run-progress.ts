import type { EventHub } from '../../src-shared/contract/client.ts'
import { traitsOf } from '../../src-shared/contract/runs/run-traits.ts'
import type { RunMinute, RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { minuteSpan } from '../../src-shared/domain/minute.ts'
import type { Clock } from '../runtime/clock.ts'
import { coalesce } from '../runtime/async.ts'
import { noSuchRun } from '../store/errors.ts'
import type { Run, RunCounts, SlotMinute } from '../store/ledger/ledger.ts'
import type { Store } from '../store/store.ts'
import type { ShownStanding } from './run-state.ts'

/** Minutes of all runs that are kept; those of a run that has more are read each time. */
const MAX_KEPT_MINUTES = 50_000

/** A read that took less (ms) is followed by the next at once. */
const SHORT_MS = 5

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

/** How far a run is: `missed` counts only while it stands still. */
export function runProgress(
  run: Run,
  { open: _open, missed, lateness, ...made }: RunCounts,
  standing: ShownStanding,
): RunProgress {
  const { runId, projectKey, planned, startMs, endMs, shiftedMs } = run
  const standsStill = standing.state === 'paused' || standing.state === 'broken'
  const plan = { runId, ...traitsOf(run), projectKey, planned, startMs, endMs }
  const moved = shiftedMs > 0 && { shiftedMs }
  const counted = { ...made, missed: standsStill ? missed : 0, lateness: lateness && { ...lateness } }
  return { ...plan, ...standing, ...counted, ...moved }
}

interface RunMinutesParts {
  readonly store: Pick<Store, 'run' | 'runMinutes' | 'onCommit' | 'onHealth'>
  readonly siteId: string
  readonly hub: Pick<EventHub, 'on'>
  readonly clock: Pick<Clock, 'sleep'>
}

/** One reading of a run at a time, for all who ask before it begins. */
interface Reading {
  readonly next: () => Promise<RunMinute[]>
  waiting: number
}

/**
 * Answers with a run's minutes. They are read once for all who ask, and kept until something is committed, by whichever
 * process. While a large run changes all the time, reading it takes half of the time at most. Throws `not-found`, and
 * as the store.
 */
export function createRunMinutes(
  { store, siteId, hub, clock }: RunMinutesParts,
  signal: AbortSignal,
): (runId: string) => Promise<RunMinute[]> {
  const kept = createKeptMinutes()
  const readings = new Map<string, Reading>()
  let commits = 0

  const forget = (): void => {
    commits += 1
    kept.clear()
  }
  const leave = [
    store.onCommit(siteId, ['ledger'], forget),
    store.onHealth(forget),
    // A server's word of our own commit may come after the event that has them asked for.
    hub.on('run.changed', forget),
  ]
  signal.addEventListener('abort', () => leave.forEach((unsubscribe) => unsubscribe()), { once: true })

  const read = async (runId: string): Promise<RunMinute[]> => {
    const before = commits
    const run = await store.run(siteId, runId)
    if (run === null) throw noSuchRun(runId)
    const minutes = runMinutesOf(run, await store.runMinutes(siteId, runId))
    if (commits === before) kept.set(runId, minutes)
    return minutes
  }
  const createReading = (runId: string): Reading => {
    let tookMs = 0
    const next = coalesce(async () => {
      if (tookMs > SHORT_MS) await clock.sleep(tookMs, signal)
      const beganMs = performance.now()
      try {
        return kept.get(runId) ?? (await read(runId))
      } finally {
        tookMs = performance.now() - beganMs
      }
    }, 'fresh')
    return { next, waiting: 0 }
  }

  return async (runId) => {
    const known = kept.get(runId)
    if (known !== undefined) return known
    const reading = readings.get(runId) ?? createReading(runId)
    readings.set(runId, reading)
    reading.waiting += 1
    try {
      return await reading.next()
    } finally {
      reading.waiting -= 1
      if (reading.waiting === 0) readings.delete(runId)
    }
  }
}

/** The minutes of some runs, by their ids. */
function createKeptMinutes() {
  const kept = new Map<string, RunMinute[]>()
  let keptMinutes = 0
  const clear = (): void => {
    kept.clear()
    keptMinutes = 0
  }
  return {
    get: (runId: string): RunMinute[] | undefined => kept.get(runId),
    set(runId: string, minutes: RunMinute[]): void {
      if (keptMinutes + minutes.length > MAX_KEPT_MINUTES) clear()
      if (minutes.length > MAX_KEPT_MINUTES) return
      kept.set(runId, minutes)
      keptMinutes += minutes.length
    },
    clear,
  }
}

/**
 * The ledger minute by minute over the run's span, empty minutes too: what was planned, what of it was created, and what
 * was not and will not be by itself.
 */
export function runMinutesOf({ startMs, endMs }: Run, slots: readonly SlotMinute[]): RunMinute[] {
  const { fromMinute, toMinute } = minuteSpan(startMs, endMs)
  const minutes = Array.from({ length: toMinute - fromMinute }, (_, index) => ({
    minute: fromMinute + index,
    planned: 0,
    created: 0,
    notMade: 0,
  }))
  for (const slot of slots) {
    const index = slot.minute - fromMinute
    if (minutes[index] !== undefined) minutes[index] = slot
  }
  return minutes
}
