import { setImmediate } from 'node:timers/promises'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { machineOf } from '../leases/lease-owner.ts'
import { noSuchRun } from '../store/errors.ts'
import type { Run } from '../store/ledger/ledger.ts'
import type { GeneratorParts } from './parts.ts'
import { otherRunHolder, type RunHolder } from './run-lease.ts'
import { runProgress } from './run-progress.ts'
import { isActive, isStoreAway, shownStanding, standingOf } from './run-state.ts'
import type { RunWorker } from './run-worker.ts'

type ViewParts = Pick<GeneratorParts, 'store' | 'siteId' | 'siteTime' | 'clock' | 'owner'>

export type RunViews = ReturnType<typeof createRunViews>

/** How runs stand, whichever process works on them. Nothing here changes anything in the store. */
export function createRunViews(parts: ViewParts, worker: () => RunWorker | null) {
  const { store, siteId, siteTime } = parts

  const view = async (run: Run, holder: RunHolder | null): Promise<RunProgress> => {
    const own = worker()?.runId === run.runId ? worker() : null
    if (own?.isBusy() === true) return own.progress()
    const counts = await store.runCounts(siteId, run.runId, siteTime.now())
    if (own !== null && own.isAsLeft(run) && (own.isOpen() || !isActive(run))) {
      return runProgress(run, counts, own.shown())
    }
    if (!isActive(run) && run.state !== 'planned') {
      return runProgress(run, counts, shownStanding(standingOf(run)))
    }
    if (holder?.runId !== run.runId) return runProgress(run, counts, { state: 'broken' })
    const by = machineOf(holder.owner) ?? 'another program'
    return runProgress(run, counts, { state: 'running', by })
  }
  const get = async (runId: string): Promise<RunProgress> => {
    const run = await store.run(siteId, runId)
    if (run === null) throw noSuchRun(runId)
    return view(run, await otherRunHolder(parts))
  }

  return {
    /** The run under way, else the last one; null before the first. Throws as the store does. */
    async current(): Promise<RunProgress | null> {
      const own = worker()
      if (own?.isBusy() === true) return own.progress()
      try {
        const [last = null] = await store.runs(siteId, 1)
        const holder = await otherRunHolder(parts)
        const worked = holder?.runId ?? null
        const run = worked === null || worked === last?.runId ? last : await store.run(siteId, worked)
        return run === null ? null : await view(run, holder)
      } catch (error) {
        if (own !== null && isStoreAway(error)) return own.lastProgress()
        throw error
      }
    },
    /** Throws `not-found`. */
    get,
    /** The newest runs, newest first, begun before `beforeMs` where that is given; `more`: there are older ones. */
    async list(limit: number, beforeMs?: number): Promise<{ runs: RunProgress[]; more: boolean }> {
      const runs = await store.runs(siteId, limit + 1, beforeMs)
      const holder = await otherRunHolder(parts)
      const shown: RunProgress[] = []
      for (const run of runs.slice(0, limit)) {
        shown.push(await view(run, holder))
        // Large runs take their time to count: others come in between.
        await setImmediate()
      }
      return { runs: shown, more: runs.length > limit }
    },
  }
}
