import { MINUTES_PER_DAY, minuteOf, type Minute } from '../../src-shared/domain/minute.ts'
import { coalesce } from '../runtime/async.ts'
import type { SiteTime } from '../runtime/clock.ts'
import type { CountsScope, Store } from '../store/store.ts'
import { keepHistory, type KeptHistory } from './kept-history.ts'

interface HistoryParts {
  readonly store: Pick<Store, 'usualHistory' | 'usualChanges'>
  readonly siteId: string
  /** All that is watched. */
  readonly watched: CountsScope
  readonly time: Pick<SiteTime, 'now'>
}

/** Scopes whose history is kept; one has some 16,000 numbers. */
const MAX_HISTORIES = 64
const MAX_TRIES = 3
/** A history does not grow for ever: one that reaches further back than it is asked for by more is read anew. */
const MOST_MINUTES = 365 * MINUTES_PER_DAY

/**
 * Gives the history of a scope, of what is watched, from a minute on, with what was committed before the call. It is read
 * once, and kept. Throws as the store.
 */
export function createHistories({ store, siteId, watched, time }: HistoryParts) {
  const loading = new Map<string, Promise<KeptHistory>>()
  /** Those that are whole. */
  const kept = new Map<string, KeptHistory>()

  /** Brings all that is kept up to a commit that was there when it was called. */
  const catchUp = coalesce(async () => {
    const whole = [...kept.values()]
    if (whole.length === 0) return
    const since = Math.min(...whole.map((one) => one.seq()))
    const changes = await store.usualChanges(siteId, since, watched)
    if (changes !== null) return whole.forEach((one) => one.take(changes))
    loading.clear()
    kept.clear()
  }, 'fresh')

  function drop(name: string | undefined): void {
    loading.delete(name ?? '')
    kept.delete(name ?? '')
  }

  async function load(name: string, scope: CountsScope, fromMinute: Minute): Promise<KeptHistory> {
    const span = { fromMinute: startOfDay(fromMinute), toMinute: minuteOf(time.now()) + 1 }
    try {
      const read = await store.usualHistory(siteId, scope, span)
      const history = keepHistory(scope, span.fromMinute, read)
      if (loading.has(name)) kept.set(name, history)
      return history
    } catch (error) {
      drop(name)
      throw error
    }
  }

  return async (scope: CountsScope, fromMinute: Minute): Promise<KeptHistory> => {
    const name = JSON.stringify(scope)
    for (let tries = 1; ; tries++) {
      const there = loading.get(name)
      if (there === undefined && loading.size >= MAX_HISTORIES) drop(loading.keys().next().value)
      const asked = there ?? load(name, scope, fromMinute)
      // The one that was asked for last is dropped last.
      loading.delete(name)
      loading.set(name, asked)
      const history = await asked
      if (!history.isSummed) {
        drop(name)
        return history
      }
      if (history.firstMinute > fromMinute || fromMinute - history.firstMinute > MOST_MINUTES) {
        drop(name)
        continue
      }
      await catchUp()
      // Forgotten, where everything may have changed; under a storm of commits what is there will do.
      if (kept.get(name) === history || tries === MAX_TRIES) return history
    }
  }
}

function startOfDay(minute: Minute): Minute {
  return Math.floor(minute / MINUTES_PER_DAY) * MINUTES_PER_DAY
}
