import { isoInstant, startOfMinute } from '../../../src-shared/domain/minute.ts'
import type { ReadClient } from '../../app/stored.ts'
import type { Config } from '../../config/config.ts'
import { chartBars, type Bar } from '../../print/chart.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { askedSpan, completeSpan } from '../cli/times.ts'
import type { COUNTS } from '../ticket-commands.ts'
import { chartText, loadChart, type CountedSpan, type LoadedChart } from './load-chart.ts'

export async function printCounts({ io, options, config, open, print }: CountsCall<'store'>): Promise<void> {
  const settings = config()
  const span = await spanOf(options, settings)
  await open(settings, async ({ client }) => {
    const loaded = await loadChart(client, await span(client))
    print(countsDocument(loaded), chartText(io, loaded.chart))
  })
}

export type CountsCall<N extends 'store' | 'core'> = CommandCall<N, typeof COUNTS>

/** Which span is meant, asked at each change: it may move with the time. Throws `usage` at once. */
export async function spanOf(
  options: CountsCall<'store'>['options'],
  { zone }: Config,
): Promise<(client: ReadClient) => Promise<CountedSpan>> {
  const asked = await askedSpan(options, zone)
  return async (client) => ({
    ...(await completeSpan(client, asked)),
    bucketMinutes: options.bucket,
  })
}

export type Counted = Pick<LoadedChart, 'counts' | 'session'> & {
  readonly chart: Pick<LoadedChart['chart'], 'unknown' | 'nowMs'>
}

/** Bucket by bucket, with the counts in the order of the watched values. */
export function barsOf({ counts, session, chart: { unknown, nowMs } }: Counted): Bar[] {
  const { provisionalFromMinute } = counts
  const chart = { series: counts, priorities: session.watched, provisionalFromMinute, unknown, nowMs }
  return chartBars(chart, Infinity)
}

export function countsDocument(loaded: Counted): Record<string, unknown> {
  const { counts, session } = loaded
  return {
    site: counts.siteId,
    bucketMinutes: counts.bucketMinutes,
    from: isoInstant(startOfMinute(counts.fromMinute)),
    to: isoInstant(startOfMinute(counts.toMinute)),
    buckets: barsOf(loaded).map(({ startMinute, total, counts: each, provisional, state }) => {
      const known = state === 'known'
      const count = (priority: number) => (known ? each[priority] : null)
      return {
        start: isoInstant(startOfMinute(startMinute)),
        total: known ? total : null,
        byPriority: session.watched.map(({ id, name }, priority) => ({ id, name, count: count(priority) })),
        provisional,
        known,
        // What is stored of a time that nobody fetched whole.
        ...(state === 'unknown' && { atLeast: total }),
      }
    }),
  }
}
