import type { EventHub } from '../../src-shared/contract/client.ts'
import { publishKept } from '../live/publish-kept.ts'
import type { Log } from '../runtime/log.ts'
import type { MarkStore, StoreConnection } from '../store/store.ts'

interface FollowedMarks {
  readonly store: Pick<StoreConnection, 'onCommit'> & Pick<MarkStore, 'lastMarkChange'>
  readonly siteId: string
  readonly hub: Pick<EventHub, 'publish'>
  readonly log: Pick<Log, 'info'>
}

/** Publishes that marks were set, changed or removed, by whichever process, until the signal's abort. */
export function followMarks({ hub, ...parts }: FollowedMarks, signal: AbortSignal): void {
  const { store, siteId } = parts
  const read = (): Promise<string | null> => store.lastMarkChange(siteId)
  const publish = (_last: string | null, former: string | null | undefined): void => {
    if (former !== undefined) hub.publish('marks.changed', { siteId })
  }
  publishKept({ ...parts, kinds: ['marks'], name: 'marks', read, publish }, signal)
}
