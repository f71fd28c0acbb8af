import type { SyncStatus } from '../../src-shared/contract/models.ts'
import type { Clock, SiteTime } from '../runtime/clock.ts'
import { paced } from '../live/paced.ts'
import type { Log } from '../runtime/log.ts'
import type { Store } from '../store/store.ts'
import { REPORT_EVERY_MS, writeReport, type Reporter } from './sync-report-shared.ts'

/** A change is reported at once, several in a row about once a second. */
const REPORT_PACE = { burst: 2, everyMs: 1_000 }

/** A fetch that ends sooner is reported by its end alone. */
const LONG_FETCH_MS = 1_000

/** Reports to those who share the store how the fetching goes here. */
export interface Reporting {
  /** The status has changed. */
  changed(status: SyncStatus): void
  /** Nothing is reported after it. */
  stop(): void
}

export interface ReportingParts {
  readonly store: Pick<Store, 'setSyncReport'>
  readonly siteId: string
  readonly scopeName: string
  readonly reporter: Reporter
  readonly clock: Clock
  readonly siteTime: SiteTime
  readonly log: Pick<Log, 'info'>
}

export function startReporting(parts: ReportingParts, first: SyncStatus): Reporting {
  const { store, siteId, scopeName, reporter, clock, siteTime, log } = parts
  const stopping = new AbortController()
  let toReport = first
  let isFetching = false
  let hasFailed = false
  let long: NodeJS.Timeout | undefined
  let again: NodeJS.Timeout | undefined

  const write = async (): Promise<void> => {
    const text = writeReport(toReport, reporter, { nowMs: clock.now(), siteMs: siteTime.now() })
    try {
      await store.setSyncReport(siteId, scopeName, text)
      hasFailed = false
    } catch (err) {
      // The fetches meet the same store, and tell the person.
      if (!hasFailed) log.info({ err }, 'those who share the store are not told how the fetching goes')
      hasFailed = true
    }
    clearTimeout(again)
    if (!stopping.signal.aborted) again = setTimeout(report, REPORT_EVERY_MS)
  }
  const report = paced(write, REPORT_PACE, stopping.signal)
  const reportOf = (status: SyncStatus): void => {
    toReport = status
    report()
  }
  report()
  return {
    changed(status) {
      const began = status.state === 'fetching' && !isFetching
      isFetching = status.state === 'fetching'
      if (began) long = setTimeout(() => reportOf(status), LONG_FETCH_MS)
      if (!isFetching) clearTimeout(long)
      if (!isFetching || toReport.state === 'fetching') reportOf(status)
    },
    stop() {
      stopping.abort()
      clearTimeout(long)
      clearTimeout(again)
    },
  }
}
