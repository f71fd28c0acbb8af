import type { Clock } from '../runtime/clock.ts'
import { paced } from '../live/paced.ts'
import type { Store } from '../store/store.ts'
import { leadLease } from './sync-lease.ts'
import { readReport, type ReceivedReport } from './sync-report-shared.ts'

/** A report is read at once, a stream of them once a second. */
const READ_PACE = { burst: 2, everyMs: 1_000 }

/** Follows the reports of the instance that fetches. */
export interface ReportSubscription {
  /** Who is believed from now on, as the leases name it: its last report is read at once. Null: nobody. */
  follow(owner: string | null): void
  /** Reads what is reported by now, whether or not anything was committed. */
  read(): void
  stop(): void
}

export interface SubscriptionParts {
  readonly store: Pick<Store, 'syncReport' | 'onCommit'>
  readonly siteId: string
  readonly scopeName: string
  /** This process, whose own reports are nothing new. */
  readonly owner: string
  readonly clock: Clock
  /** Gets each new report. `isFresh`: it was read as it was written, and not only read later. */
  readonly onReport: (report: ReceivedReport, isFresh: boolean) => void
  /** Something was committed, a report or not: the leader may be another by now. */
  readonly onCommitted: () => void
  /** The store cannot be read. */
  readonly onTrouble: (error: unknown) => void
}

export function followReports(parts: SubscriptionParts): ReportSubscription {
  const { store, siteId, scopeName, clock, onReport, onCommitted, onTrouble } = parts
  const stopping = new AbortController()
  const { signal } = stopping
  let believed: string | null = null
  /** The last text that was read of whom is believed; null where none was. */
  let lastText: string | null = null

  const read = async (): Promise<void> => {
    const asked = believed
    if (asked === null) return
    try {
      const text = await store.syncReport(siteId, scopeName)
      if (signal.aborted || asked !== believed) return
      const report = text === null || text === lastText ? null : readReport(text, clock.now())
      if (report?.owner === asked) {
        const isFresh = lastText !== null
        lastText = text
        onReport(report, isFresh)
      }
      // A file tells of several commits at once: the leader may have let go right after its last report.
      onCommitted()
    } catch (error) {
      lastText = null
      if (!signal.aborted) onTrouble(error)
    }
  }
  const readSoon = paced(read, READ_PACE, signal)
  const news = ['report', `lease ${leadLease(scopeName)}`] as const
  signal.addEventListener('abort', store.onCommit(siteId, news, readSoon), { once: true })

  return {
    follow(owner) {
      if (owner === believed) return
      believed = owner
      lastText = null
      if (owner !== null) readSoon()
    },
    read: readSoon,
    stop: () => stopping.abort(),
  }
}
