import type { Command } from 'commander'
import type { CountsResult, Session } from '../../src-shared/contract/models.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { machineClock } from '../clock.ts'
import { terminalChart } from '../print/terminal-chart.ts'
import { configOf, type CommonOptions } from './common-options.ts'
import { askedSpan, completeSpan, type SpanOptions } from './counts-span.ts'
import { isoInstant } from './instants.ts'
import { print, type CommandHost } from './io.ts'
import { loadChart } from './load-chart.ts'
import { withApp } from './with-app.ts'

const BUCKETS = { '1m': 1, '5m': 5, '10m': 10, '1h': 60 } as const
type BucketMinutes = (typeof BUCKETS)[keyof typeof BUCKETS]

interface CountsOptions extends CommonOptions, SpanOptions {
  readonly bucket: BucketMinutes
}

export function addCounts(program: Command, host: CommandHost): void {
  program
    .command('counts')
    .description('how many watched tickets were created in each minute, from what is stored')
    .option('--from <instant>', 'first instant, as 2026-11-24T14:00Z (default: an hour before the end)')
    .option('--to <instant>', 'the instant after the last (default: now)')
    .option('--bucket <length>', 'length of a bucket: 1m, 5m, 10m or 1h', bucketMinutes, BUCKETS['1m'])
    .action((_options, command: Command) => printCounts(host, command.optsWithGlobals()))
}

async function printCounts({ io }: CommandHost, options: CountsOptions): Promise<void> {
  const config = configOf(io, options)
  const asked = askedSpan(options, config.zone)
  await withApp(io, config, async ({ client }) => {
    const span = await completeSpan(client, asked, machineClock.now())
    const loaded = await loadChart(client, { ...span, bucketMinutes: options.bucket })
    const text = terminalChart(loaded.chart, { width: io.columns, colour: io.colour })
    print(io, options.json, countsDocument(loaded.counts, loaded.session), text)
  })
}

function bucketMinutes(text: string): BucketMinutes {
  if (Object.hasOwn(BUCKETS, text)) return BUCKETS[text as keyof typeof BUCKETS]
  throw new AppError('usage', `--bucket takes 1m, 5m, 10m or 1h, not "${text}". Nothing was counted.`)
}

function countsDocument(counts: CountsResult, session: Session): unknown {
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
