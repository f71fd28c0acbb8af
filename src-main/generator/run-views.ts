import { setImmediate } from 'node:timers/promises'
import type { RunProgress } from '../../src-shared/contract/runs.ts'
import type { SiteTime } from '../runtime/clock.ts'
import type { Lease } from '../leases/lease.ts'
import { machineOf } from '../leases/lease-owner.ts'
import { noSuchRun } from '../store/errors.ts'
import type { Run } from '../store/ledger.ts'
import type { Store } from '../store/store.ts'
import { isCleanUp } from './run-lease.ts'
import { isAsLeft, isOpen, type ActiveRun } from './active-run.ts'
import { isStoreAway, stateReason, type RunReason } from './run-abort.ts'
import { runProgress } from './run-progress.ts'

export type RunViews = ReturnType<typeof createRunViews>

interface UnderWay {
  readonly run: Run
  /** As leases name it. */
  readonly holder: string | null
}

interface ViewParts {
  readonly store: Pick<Store, 'run' | 'runs' | 'runCounts'>
  readonly siteId: string
  readonly siteTime: Pick<SiteTime, 'now'>
  readonly lease: Pick<Lease, 'otherHolder'>
  readonly active: Pick<ActiveRun, 'launched' | 'outcome'>
}

/** A run that is under way is among this many of the newest. */
const LOOKED_AT = 50

/** What it takes to say how a run stands. */
interface Scene {
  readonly last: Run | null
  readonly underWay: UnderWay | null
}

/** How runs stand, whichever process works on them. Nothing here changes anything in the store. */
export function createRunViews({ store, siteId, siteTime, lease, active }: ViewParts) {
  const underWay = async (): Promise<UnderWay | null> => underWayAmong(await store.runs(siteId, LOOKED_AT))
  /** Several may be called running where processes died; the one that was begun or resumed last is worked on. */
  const underWayAmong = async (runs: readonly Run[]): Promise<UnderWay | null> => {
    const [run] = runs
      .filter(({ state }) => state === 'running')
      .toSorted((a, b) => b.stateSinceMs - a.stateSinceMs)
    if (run === undefined) return null
    const owner = (await lease.otherHolder())?.owner ?? null
    return { run, holder: owner !== null && isCleanUp(owner) ? null : owner }
  }
  const scene = async (): Promise<Scene> => {
    const runs = await store.runs(siteId, LOOKED_AT)
    return { last: runs[0] ?? null, underWay: await underWayAmong(runs) }
  }

  const view = async (run: Run, seen: Scene): Promise<RunProgress> => {
    const working = active.launched()
    if (working?.run.runId === run.runId) return working.progress()
    const counts = await store.runCounts(siteId, run.runId, siteTime.now())
    const outcome = active.outcome()
    const mine = outcome !== null && isAsLeft(outcome, run, seen.last) ? outcome.end.progress : null
    if (outcome !== null && mine !== null && isOpen(outcome)) return runProgress(run, counts, mine)
    const { state, by } = shownState(run, seen.underWay)
    const isAsMine = mine?.state === state
    return runProgress(run, counts, {
      state,
      by,
      ...(isAsMine ? reasonOf(mine) : stateReason(state)),
      ...(isAsMine && mine.slept === true && { slept: true }),
    })
  }

  return {
    /** The run that the store calls running, and the other process that works on it; null where nobody does. */
    underWay,
    /** The run under way, else the last one; null before the first. Throws as the store does. */
    async current(): Promise<RunProgress | null> {
      const working = active.launched()
      if (working !== null) return working.progress()
      const outcome = active.outcome()
      try {
        const seen = await scene()
        const { underWay: there, last } = seen
        const run = there !== null && there.holder !== null ? there.run : last
        return run === null ? null : await view(run, seen)
      } catch (error) {
        if (outcome !== null && isStoreAway(error)) return outcome.end.progress
        throw error
      }
    },
    /** Throws `not-found`. */
    async get(runId: string): Promise<RunProgress> {
      const run = await store.run(siteId, runId)
      if (run === null) throw noSuchRun(runId)
      return view(run, await scene())
    },
    /** The newest runs, newest first, begun before `beforeMs` where that is given; `more`: there are older ones. */
    async list(limit: number, beforeMs?: number): Promise<{ runs: RunProgress[]; more: boolean }> {
      const [runs, seen] = await Promise.all([store.runs(siteId, limit + 1, beforeMs), scene()])
      const shown: RunProgress[] = []
      for (const run of runs.slice(0, limit)) {
        shown.push(await view(run, seen))
        // Large runs take their time to count: others come in between.
        await setImmediate()
      }
      return { runs: shown, more: runs.length > limit }
    },
  }
}

function shownState({ runId, state }: Run, underWay: UnderWay | null): Pick<RunProgress, 'state' | 'by'> {
  if (state !== 'running') return { state, by: null }
  const isWorkedOn = underWay?.run.runId === runId && underWay.holder !== null
  if (!isWorkedOn) return { state: 'broken', by: null }
  return { state, by: machineOf(underWay.holder) ?? 'another program' }
}

function reasonOf({ reason, why }: RunProgress): RunReason {
  return { reason, ...(why !== undefined && { why }) }
}
