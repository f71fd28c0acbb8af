import { isDeepStrictEqual } from 'node:util'
import type { AlertList } from '../../src-shared/contract/alerts.ts'
import type { EventHub } from '../../src-shared/contract/client.ts'
import { paced } from '../runtime/async.ts'
import type { Log } from '../runtime/log.ts'
import { ALERT_LEASE } from '../store/alerts/states.ts'
import type { StoreConnection } from '../store/store.ts'
import { listAlerts, type ListParts } from './listed.ts'

/** A change is published at once, several in quick succession a second later: a file tells of each commit, of any kind. */
const PACE = { burst: 2, everyMs: 1_000 }

interface FollowParts extends ListParts {
  readonly store: ListParts['store'] & Pick<StoreConnection, 'onCommit'>
  readonly hub: Pick<EventHub, 'publish'>
  readonly log: Pick<Log, 'info'>
}

/** Publishes the rules and how they stand whenever that changes, by whichever process, until the signal's abort. */
export function followAlerts(parts: FollowParts, signal: AbortSignal): void {
  const { store, session, hub, log } = parts
  let published: AlertList | null = null
  const look = async (): Promise<void> => {
    const list = await listAlerts(parts)
    if (signal.aborted || isDeepStrictEqual(list, published)) return
    published = list
    hub.publish('alerts.changed', list)
  }
  // Why the store cannot be read is in the store's own status.
  const lookSoon = paced(
    () => look().catch((err: unknown) => log.info({ err }, 'no look at the alert rules')),
    PACE,
    signal,
  )
  const kinds = ['alerts', `lease ${ALERT_LEASE}`] as const
  signal.addEventListener('abort', store.onCommit(session.site.id, kinds, lookSoon), { once: true })
  lookSoon()
}
