import { elapsedMs, type Clock } from '../runtime/clock.ts'

/** An index that lags may show a deleted ticket for a while: Jira is not asked about it at every fetch. */
const ASKED_AGAIN_AFTER_MS = 5 * 60_000

/** Tickets that Jira's search shows although they were found to be gone, and when they were last looked up by id. */
export interface RecentLookUps {
  /** Those of the ids that have not been looked up of late. */
  toLookUp(ids: readonly string[]): string[]
}

export function createRecentLookUps(clock: Pick<Clock, 'now' | 'elapsedMs'>): RecentLookUps {
  let asked: ReadonlyMap<string, number> = new Map()
  return {
    toLookUp(ids) {
      const now = elapsedMs(clock)
      const fresh = [...asked].filter(([, ms]) => now - ms < ASKED_AGAIN_AFTER_MS)
      const next = new Map(fresh)
      const due = ids.filter((id) => !next.has(id))
      for (const id of due) next.set(id, now)
      asked = next
      return due
    },
  }
}
