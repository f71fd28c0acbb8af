import type { Command } from 'commander'
import type { Params } from '../../src-shared/contract/methods.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { App } from '../app/app.ts'
import { machineClock } from '../runtime/clock.ts'
import { terminalChart } from '../print/terminal-chart.ts'
import { configOf, type CommonOptions } from './common-options.ts'
import { countsDocument } from './counts-document.ts'
import { askedSpan, completeSpan, type SpanOptions } from './counts-span.ts'
import { print, type CommandHost } from './io.ts'
import { loadChart } from './load-chart.ts'
import { terminalKind } from './terminal-kind.ts'
import { watchCounts } from './watch-counts.ts'
import { withApp } from './with-app.ts'

const BUCKETS = { '1m': 1, '5m': 5, '10m': 10, '1h': 60 } as const
type BucketMinutes = (typeof BUCKETS)[keyof typeof BUCKETS]

interface CountsOptions extends CommonOptions, SpanOptions {
  readonly bucket: BucketMinutes
  readonly watch?: boolean
}

export function addCounts(program: Command, host: CommandHost): void {
  program
    .command('counts')
    .description('how many watched tickets were created in each minute, from what is stored')
    .option('--from <instant>', 'first instant, as 2026-11-24T14:00Z (default: an hour before the end)')
    .option('--to <instant>', 'the instant after the last (default: now)')
    .option(
      '--bucket <length>',
      'length of a bucket: 1m, 5m, 10m or 1h (default: 1m)',
      bucketMinutes,
      BUCKETS['1m'],
    )
    .option(
      '--watch',
      'go on until Ctrl-C, fetching meanwhile: a live chart on a terminal, elsewhere a line a minute; with --json one line a change',
    )
    .action((_options, command: Command) => printCounts(host, command.optsWithGlobals()))
}

async function printCounts({ io }: CommandHost, options: CountsOptions): Promise<void> {
  const config = configOf(io, options)
  const asked = askedSpan(options, config.zone)
  const background = options.watch === true
  const work = async (app: App): Promise<void> => {
    const span = async (): Promise<Params<'counts.get'>> => ({
      ...(await completeSpan(app.client, asked, machineClock.now())),
      bucketMinutes: options.bucket,
    })
    if (background) return watchCounts(io, app, { span, json: options.json })
    const { chart, counts, session } = await loadChart(app.client, await span())
    const { ascii } = terminalKind(io.env, process.platform)
    const text = terminalChart(chart, { width: io.columns, colour: io.colour, ascii })
    print(io, options.json, countsDocument(counts, session), text)
  }
  await withApp(io, config, work, { background })
}

function bucketMinutes(text: string): BucketMinutes {
  if (Object.hasOwn(BUCKETS, text)) return BUCKETS[text as keyof typeof BUCKETS]
  throw new AppError('usage', `--bucket takes 1m, 5m, 10m or 1h, not "${text}". Nothing was counted.`)
}
