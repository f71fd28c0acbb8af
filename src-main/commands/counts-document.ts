import type { CountsResult, Session } from '../../src-shared/contract/models.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { isoInstant } from './instants.ts'

/** Counts as `counts --json` prints them. */
export function countsDocument(counts: CountsResult, session: Session): Record<string, unknown> {
  const names = new Map(session.watched.map(({ id, name }) => [id, name]))
  const buckets = Math.ceil((counts.toMinute - counts.fromMinute) / counts.bucketMinutes)
  return {
    site: counts.siteId,
    bucketMinutes: counts.bucketMinutes,
    from: isoInstant(startOfMinute(counts.fromMinute)),
    to: isoInstant(startOfMinute(counts.toMinute)),
    buckets: Array.from({ length: buckets }, (_, bucket) => {
      const startMinute = counts.fromMinute + bucket * counts.bucketMinutes
      const byPriority = counts.priorityIds.map((id, priority) => ({
        id,
        name: names.get(id) ?? id,
        count: counts.counts[priority]?.[bucket] ?? 0,
      }))
      return {
        start: isoInstant(startOfMinute(startMinute)),
        total: byPriority.reduce((sum, { count }) => sum + count, 0),
        byPriority,
        provisional: startMinute + counts.bucketMinutes > counts.provisionalFromMinute,
      }
    }),
  }
}
