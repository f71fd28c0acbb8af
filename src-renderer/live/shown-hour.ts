import { Type } from 'typebox'
import { EpochMs } from '../../src-shared/contract/schema.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { readKept } from '../settings/preferences.ts'
import type { StateStore } from '../state-store.ts'
import type { DashboardState } from './dashboard-state.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { hourAt, neighbour } from './calendar.ts'

const KEY = 'jira-tpm.hour'

const Kept = Type.Object({ fromMs: EpochMs, toMs: EpochMs })

/** `onShow` fetches what belongs to an hour. */
export function createShownHour(
  store: StateStore<DashboardState>,
  keptHour: KeptHour | undefined,
  onShow: (hour: TimeSpan) => void,
) {
  function show(hour: TimeSpan, following: boolean): void {
    store.put({ hour, following, opened: null })
    keptHour?.set(following ? null : hour)
    onShow(hour)
  }

  function current(): TimeSpan | null {
    const { session, nowMinute } = store.get()
    return session && hourAt(startOfMinute(nowMinute), session.zone)
  }

  function followNow(): void {
    const hour = current()
    if (hour) show(hour, true)
  }

  /** Coming back to the site's own hour, by whatever way, follows it again. */
  function choose(hour: TimeSpan): void {
    show(hour, hour.fromMs === current()?.fromMs)
  }

  return {
    /** Shows the hour that was shown before, else the one that was kept, else the site's own. */
    restore(): void {
      const { hour, following } = store.get()
      const chosen = hour === null ? (keptHour?.get() ?? null) : following ? null : hour
      if (chosen) show(chosen, false)
      else followNow()
    },
    choose,
    step: (by: -1 | 1): void => {
      const { hour, session } = store.get()
      if (hour && session) choose(neighbour(hour, session.zone, by))
    },
    followNow,
    /**
     * Moves on with the site's hour, where that is followed. While the store is out of reach the chart that is known stays:
     * nothing could be read of the next hour.
     */
    moveOn(): void {
      const { following, hour, counts, storeStatus } = store.get()
      if (counts !== null && storeStatus?.failure) return
      if (following && current()?.fromMs !== hour?.fromMs) followNow()
    },
  }
}

/** Keeps the hour that a person chose over a reload of this window; null while the site's own hour is followed. */
export function createKeptHour(storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>) {
  return {
    get: (): TimeSpan | null => readKept(storage, KEY, Kept),
    set(hour: TimeSpan | null): void {
      if (hour === null) storage.removeItem(KEY)
      else storage.setItem(KEY, JSON.stringify(hour))
    },
  }
}

export type KeptHour = ReturnType<typeof createKeptHour>
