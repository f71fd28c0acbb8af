import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { EventHub } from '../../src-shared/contract/client.ts'
import type { StoreStatus } from '../../src-shared/contract/store.ts'
import type { SyncStatus } from '../../src-shared/contract/tickets.ts'
import { siteTime } from '../../src-shared/domain/site-clock.ts'
import type { Clock, SiteTime } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import type { SeenOutage } from '../store/marks.ts'
import type { MarkStore } from '../store/store.ts'

/** What is shorter is no news: a fetch that failed and the next that did not. */
const MIN_OUTAGE_MS = 120_000
const MIN_FAIL_OVER_MS = 10_000

interface OutageParts {
  readonly hub: Pick<EventHub, 'on'>
  readonly clock: Pick<Clock, 'now'>
  readonly log: Pick<Log, 'info'>
  /** Keeps it, in the store that is in use; its times are the machine's epoch ms. */
  readonly note: (outage: SeenOutage) => Promise<void>
}

/** What began to be away, and what is said of it. */
interface Away {
  readonly sinceMs: number
  readonly text: string
}

/**
 * Notes when Jira or the store was away for a while, once that is over: no table says it then. Returns what ends it.
 */
export function watchOutages({ hub, clock, log, note }: OutageParts): () => void {
  const follow = (kind: SeenOutage['kind'], minMs: number) => {
    let away: Away | null = null
    return (now: Away | null): void => {
      const former = away
      away = now === null ? null : (former ?? now)
      if (now !== null || former === null) return
      const { sinceMs: fromMs, text } = former
      const toMs = clock.now()
      if (toMs - fromMs < minMs) return
      note({ id: randomUUID(), kind, text, fromMs, toMs }).catch((err: unknown) =>
        log.info({ err, kind }, 'an outage was not noted'),
      )
    }
  }
  const ofJira = follow('outage', MIN_OUTAGE_MS)
  const ofStore = follow('fail-over', MIN_FAIL_OVER_MS)
  const leave = [
    hub.on('sync.changed', (status) => ofJira(jiraAway(status))),
    hub.on('store.changed', (status) => ofStore(storeAway(status))),
  ]
  return () => leave.forEach((end) => end())
}

/** A fetch that is tried again while it fails has not said that it works. */
function jiraAway({ failure }: SyncStatus): Away | null {
  return failure === null
    ? null
    : { sinceMs: failure.sinceMs, text: `Jira could not be fetched: ${failure.what}` }
}

function storeAway({ label, failure, insteadOf }: StoreStatus): Away | null {
  if (insteadOf !== null)
    return { sinceMs: insteadOf.sinceMs, text: `${label} stood in for ${insteadOf.label}` }
  return failure === null ? null : { sinceMs: failure.sinceMs, text: `${label} was away` }
}

interface NoterParts {
  readonly store: Pick<MarkStore, 'noteOutage'>
  readonly siteId: string
  readonly time: Pick<SiteTime, 'current'>
  readonly isFallback: boolean
}

/**
 * Keeps an outage that was seen by the machine's clock in the site's time, whose relation to it is as it is now; a file that
 * stands in for the store does not. Throws as the store.
 */
export function outageNoter({ store, siteId, time, isFallback }: NoterParts) {
  return async (outage: SeenOutage): Promise<void> => {
    if (isFallback) return
    const clock = time.current()
    const [fromMs, toMs] = [siteTime(clock, outage.fromMs), siteTime(clock, outage.toMs)]
    await store.noteOutage(siteId, { ...outage, fromMs, toMs })
  }
}

/**
 * Keeps that this machine took the fetching over from another one, which did not reach Jira since then (this machine's epoch
 * ms).
 */
export function handOverNoter(parts: NoterParts & Pick<OutageParts, 'clock' | 'log'>) {
  const note = outageNoter(parts)
  return ({ host, sinceMs }: { readonly host: string | null; readonly sinceMs: number }): void => {
    const text = `${hostname()} fetches instead of ${host ?? 'another machine'}, which did not reach Jira`
    const toMs = Math.max(parts.clock.now(), sinceMs + 1)
    note({ id: randomUUID(), kind: 'fail-over', text, fromMs: sinceMs, toMs }).catch((err: unknown) =>
      parts.log.info({ err }, 'that the fetching was taken over was not noted'),
    )
  }
}
