import { fillSeries, type PriorityCount } from '../../src-shared/domain/series.ts'
import { minuteOf, MS_PER_MINUTE } from '../../src-shared/domain/minute.ts'
import type { Chart } from '../../src-main/print/chart.ts'

export const TWO_PM = minuteOf(Date.UTC(2026, 0, 15, 14))

/** An hour from 14:00 UTC; each row is minute of the hour, priority id (1 is Highest, 2 High), count. */
export function hourChart(
  rows: readonly (readonly [number, string, number])[],
  overrides: Partial<Chart> & { bucketMinutes?: number; minutes?: number } = {},
): Chart {
  const { bucketMinutes = 1, minutes = 60, ...rest } = overrides
  const span = { fromMinute: TWO_PM, toMinute: TWO_PM + minutes, bucketMinutes, priorityIds: ['1', '2'] }
  const counts = rows.map(([minute, priorityId, count]): PriorityCount => ({
    startMinute: TWO_PM + minute,
    priorityId,
    count,
  }))
  return {
    series: fillSeries(span, counts),
    spanMs: minutes * MS_PER_MINUTE,
    priorities: [
      { id: '1', name: 'Highest' },
      { id: '2', name: 'High' },
    ],
    zone: 'UTC',
    provisionalFromMinute: null,
    unknown: [],
    nowMs: Infinity,
    ...rest,
  }
}
