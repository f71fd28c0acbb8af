import type { AlertList } from '../../src-shared/contract/alerts/alerts.ts'
import type { EventHub } from '../../src-shared/contract/client.ts'
import { publishKept } from '../live/publish-kept.ts'
import type { Log } from '../runtime/log.ts'
import { ALERT_LEASE } from '../store/alerts/states.ts'
import type { StoreConnection } from '../store/store.ts'
import { listAlerts, type ListParts } from './listed.ts'

interface FollowParts extends ListParts {
  readonly store: ListParts['store'] & Pick<StoreConnection, 'onCommit'>
  readonly hub: Pick<EventHub, 'publish'>
  readonly log: Pick<Log, 'info'>
}

/** Two changes in quick succession are both published at once. */
const PACE = { burst: 2, everyMs: 1_000 }

/** Publishes the rules and how they stand whenever that changes, by whichever process, until the signal's abort. */
export function followAlerts(parts: FollowParts, signal: AbortSignal): void {
  const { store, session, hub, log } = parts
  const kept = {
    store,
    siteId: session.site.id,
    log,
    kinds: ['alerts', `lease ${ALERT_LEASE}`] as const,
    name: 'alert rules',
    pace: PACE,
    read: () => listAlerts(parts),
    publish: (list: AlertList) => hub.publish('alerts.changed', list),
  }
  publishKept(kept, signal)
}
