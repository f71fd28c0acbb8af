import { isDeepStrictEqual } from 'node:util'
import type { EventHub } from '../../src-shared/contract/client.ts'
import type { UsualNow } from '../../src-shared/contract/alerts/usual.ts'
import { MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import { paced } from '../runtime/async.ts'
import type { SiteTime } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import { readUsualNow } from './usual-reads.ts'
import type { UsualSource } from './usual.ts'

interface FollowedUsual {
  readonly siteId: string
  readonly usual: UsualSource
  readonly hub: Pick<EventHub, 'publish' | 'on'>
  readonly time: Pick<SiteTime, 'now' | 'until'>
  readonly log: Pick<Log, 'debug'>
}

/** As often as the counts themselves are published, at most. */
const PACE = { burst: 1, everyMs: 250, crowdedMs: 500 }

/** Publishes `usual.changed` after each commit and each minute that changed the verdict, until the abort. */
export function followUsual({ siteId, usual, hub, time, log }: FollowedUsual, signal: AbortSignal): void {
  let published: UsualNow | null = null
  const publish = paced(
    async () => {
      try {
        const now = await readUsualNow({ siteId, usual })
        if (signal.aborted || isDeepStrictEqual(now, published)) return
        published = now
        hub.publish('usual.changed', now)
      } catch (err) {
        // A store that is away is said elsewhere; it is read again with the next commit or minute.
        log.debug({ err }, 'what is usual could not be read')
      }
    },
    PACE,
    signal,
  )
  for (const event of ['counts.changed', 'sync.changed', 'marks.changed'] as const)
    signal.addEventListener('abort', hub.on(event, publish), { once: true })
  publish()
  const everyMinute = async (): Promise<void> => {
    for (;;) {
      await time.until((Math.floor(time.now() / MS_PER_MINUTE) + 1) * MS_PER_MINUTE, signal)
      publish()
    }
  }
  everyMinute().catch(() => {}) // aborted
}
