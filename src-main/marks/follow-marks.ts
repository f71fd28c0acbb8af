import type { EventHub } from '../../src-shared/contract/client.ts'
import { paced } from '../runtime/async.ts'
import type { Log } from '../runtime/log.ts'
import type { MarkStore, StoreConnection } from '../store/store.ts'

/** As of the saved views. */
const PACE = { burst: 1, everyMs: 1_000 }

interface FollowedMarks {
  readonly store: Pick<StoreConnection, 'onCommit'> & Pick<MarkStore, 'lastMarkChange'>
  readonly siteId: string
  readonly hub: Pick<EventHub, 'publish'>
  readonly log: Pick<Log, 'info'>
}

/** Publishes that marks were set, changed or removed, by whichever process, until the signal's abort. */
export function followMarks({ store, siteId, hub, log }: FollowedMarks, signal: AbortSignal): void {
  let published: string | null | undefined
  const look = async (): Promise<void> => {
    const last = await store.lastMarkChange(siteId)
    if (signal.aborted || last === published) return
    const isFirst = published === undefined
    published = last
    if (!isFirst) hub.publish('marks.changed', { siteId })
  }
  // Why the store cannot be read is in the store's own status.
  const lookSoon = paced(
    () => look().catch((err: unknown) => log.info({ err }, 'no look at the marks')),
    PACE,
    signal,
  )
  signal.addEventListener('abort', store.onCommit(siteId, ['marks'], lookSoon), { once: true })
  lookSoon()
}
