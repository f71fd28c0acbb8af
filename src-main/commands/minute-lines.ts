import type { Minute } from '../../src-shared/domain/minute.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { isoInstant } from './instants.ts'
import type { LoadedChart } from './load-chart.ts'

/**
 * A chart that goes on, as lines for a log: one for each minute (or longer bucket) when it is over, and one more where a
 * ticket came later.
 */
export function createMinuteLines(write: (line: string) => void): (loaded: LoadedChart) => void {
  const told = new Map<Minute, string>()
  let nextMinute: Minute | null = null
  return ({ counts, session }) => {
    const over = counts.toMinute - counts.bucketMinutes
    // What was over at the start was not looked on at.
    nextMinute ??= over
    for (let bucket = 0; counts.fromMinute + bucket * counts.bucketMinutes < over; bucket++) {
      const minute = counts.fromMinute + bucket * counts.bucketMinutes
      const line = minuteText(minute, bucket, { counts, session })
      const former = told.get(minute)
      told.set(minute, line)
      if (former === undefined ? minute >= nextMinute : former !== line) write(line)
    }
    nextMinute = Math.max(nextMinute, over)
  }
}

/** `2026-11-24T14:05:00Z  3  Highest 1, High 2` */
function minuteText(
  minute: Minute,
  bucket: number,
  { counts, session }: Pick<LoadedChart, 'counts' | 'session'>,
): string {
  const byName = session.watched.map(({ id, name }) => ({
    name,
    count: counts.counts[counts.priorityIds.indexOf(id)]?.[bucket] ?? 0,
  }))
  const total = byName.reduce((sum, { count }) => sum + count, 0)
  const parts = byName.filter(({ count }) => count > 0).map(({ name, count }) => `${name} ${count}`)
  return [isoInstant(startOfMinute(minute)), String(total), parts.join(', ')].join('  ').trimEnd()
}
