import type { SyncStatus } from '../../src-shared/contract/models.ts'
import type { Clock, SiteTime } from '../runtime/clock.ts'
import { paced } from '../live/paced.ts'
import type { Log } from '../runtime/log.ts'
import type { Store } from '../store/store.ts'
import { RETELL_MS, writeReport, type Reporter } from './sync-report-shared.ts'

/** A change is told at once, several in a row about once a second. */
const PACE = { burst: 2, everyMs: 1_000 }

/** A fetch that ends sooner is told of by its end alone. */
const LONG_FETCH_MS = 1_000

/** Tells those who share the store how the fetching goes here. */
export interface Telling {
  /** The status has changed. */
  changed(status: SyncStatus): void
  /** Nothing is told after it. */
  stop(): void
}

export interface TellingParts {
  readonly store: Pick<Store, 'setSyncReport'>
  readonly siteId: string
  readonly scopeName: string
  readonly reporter: Reporter
  readonly clock: Clock
  readonly siteTime: SiteTime
  readonly log: Pick<Log, 'info'>
}

export function startTelling(parts: TellingParts, first: SyncStatus): Telling {
  const { store, siteId, scopeName, reporter, clock, siteTime, log } = parts
  const stopping = new AbortController()
  let toTell = first
  let isFetching = false
  let isUntold = false
  let long: NodeJS.Timeout | undefined
  let again: NodeJS.Timeout | undefined

  const write = async (): Promise<void> => {
    const text = writeReport(toTell, reporter, { nowMs: clock.now(), siteMs: siteTime.now() })
    try {
      await store.setSyncReport(siteId, scopeName, text)
      isUntold = false
    } catch (err) {
      // The fetches meet the same store, and tell the person.
      if (!isUntold) log.info({ err }, 'those who share the store are not told how the fetching goes')
      isUntold = true
    }
    clearTimeout(again)
    if (!stopping.signal.aborted) again = setTimeout(tell, RETELL_MS)
  }
  const tell = paced(write, PACE, stopping.signal)
  const tellOf = (status: SyncStatus): void => {
    toTell = status
    tell()
  }
  tell()
  return {
    changed(status) {
      const began = status.state === 'fetching' && !isFetching
      isFetching = status.state === 'fetching'
      if (began) long = setTimeout(() => tellOf(status), LONG_FETCH_MS)
      if (!isFetching) clearTimeout(long)
      if (!isFetching || toTell.state === 'fetching') tellOf(status)
    },
    stop() {
      stopping.abort()
      clearTimeout(long)
      clearTimeout(again)
    },
  }
}
