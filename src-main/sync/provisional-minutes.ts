import type { SyncStatus } from '../../src-shared/contract/models.ts'
import { minuteOf, type Minute } from '../../src-shared/domain/minute.ts'
import { siteTime } from '../../src-shared/domain/site-clock.ts'
import type { SiteTime } from '../runtime/clock.ts'

/**
 * The first minute that is not settled: younger than the index lag was at the last fetch. While fetches fail none is
 * settled after that. Without any fetch of this process only the lag counts.
 */
export function provisionalFrom(
  { lastSuccessMs, indexLagMs }: Pick<SyncStatus, 'lastSuccessMs' | 'indexLagMs'>,
  time: Pick<SiteTime, 'now' | 'current'>,
): Minute {
  const fetchedMs = lastSuccessMs === null ? time.now() : siteTime(time.current(), lastSuccessMs)
  return minuteOf(Math.min(time.now(), fetchedMs) - (indexLagMs ?? 0))
}
