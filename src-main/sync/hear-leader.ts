import type { Clock } from '../runtime/clock.ts'
import { paced } from '../live/paced.ts'
import type { Store } from '../store/store.ts'
import { leadLease } from './sync-lease.ts'
import { readReport, type HeardReport } from './sync-report-shared.ts'

/** A report is heard at once, a stream of them once a second. */
const PACE = { burst: 2, everyMs: 1_000 }

/** Listens for what the instance that fetches tells. */
export interface Hearing {
  /** Who is believed from now on, as the leases name it: its last report is heard at once. Null: nobody. */
  listenTo(owner: string | null): void
  /** Hears what is told by now, whether or not anything was committed. */
  hear(): void
  stop(): void
}

export interface HearingParts {
  readonly store: Pick<Store, 'syncReport' | 'onCommit'>
  readonly siteId: string
  readonly scopeName: string
  /** This process, whose own reports are nothing new. */
  readonly owner: string
  readonly clock: Clock
  /** Hears each new report. `isFresh`: it was heard as it was written, and not only read later. */
  readonly onReport: (report: HeardReport, isFresh: boolean) => void
  /** Something was committed, a report or not: the leader may be another by now. */
  readonly onHeard: () => void
  /** The store cannot be read. */
  readonly onTrouble: (error: unknown) => void
}

export function startHearing(parts: HearingParts): Hearing {
  const { store, siteId, scopeName, clock, onReport, onHeard, onTrouble } = parts
  const stopping = new AbortController()
  const { signal } = stopping
  let believed: string | null = null
  /** The last text that was read of whom is believed; null where none was. */
  let lastText: string | null = null

  const hear = async (): Promise<void> => {
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
      onHeard()
    } catch (error) {
      lastText = null
      if (!signal.aborted) onTrouble(error)
    }
  }
  const hearSoon = paced(hear, PACE, signal)
  const news = ['report', `lease ${leadLease(scopeName)}`] as const
  signal.addEventListener('abort', store.onCommit(siteId, news, hearSoon), { once: true })

  return {
    listenTo(owner) {
      if (owner === believed) return
      believed = owner
      lastText = null
      if (owner !== null) hearSoon()
    },
    hear: hearSoon,
    stop: () => stopping.abort(),
  }
}
