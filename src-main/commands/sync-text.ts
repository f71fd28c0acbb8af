import type { SyncStatus } from '../../src-shared/contract/models.ts'
import { MS_PER_MINUTE, minuteOf } from '../../src-shared/domain/minute.ts'
import { wallMinute } from '../print/wall-clock.ts'

/** What the fetch beside a live chart does, in a sentence: `Fetched at 14:03:22, 3 new.` */
export function syncText(status: SyncStatus, zone: string): string {
  const { failure, progress, lastSuccessMs, lastInserted, by } = status
  if (failure !== null) return failure.message
  if (progress !== null) return `First fetch: ${progress.done} of about ${progress.total} tickets.`
  if (lastSuccessMs === null) return 'Fetching …'
  const who = by === null ? 'Fetched' : `Fetched by ${by}`
  return `${who} at ${wallSecond(lastSuccessMs, zone)}, ${lastInserted} new.`
}

/** `14:03:22` on the zone's clock. */
function wallSecond(epochMs: number, zone: string): string {
  const seconds = Math.floor((epochMs % MS_PER_MINUTE) / 1_000)
  return `${wallMinute(minuteOf(epochMs), zone).clock}:${String(seconds).padStart(2, '0')}`
}
