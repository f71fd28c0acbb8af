import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Option, type Command } from 'commander'
import type { Client } from '../../../src-shared/contract/client.ts'
import type { Params } from '../../../src-shared/contract/methods.ts'
import type { CountsResult, Session } from '../../../src-shared/contract/tickets.ts'
import { elapsedMs } from '../../../src-shared/domain/series.ts'
import { siteTime } from '../../../src-shared/domain/site-clock.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { DEFAULT_PORT, type Config } from '../../config/config.ts'
import { SANDBOX_LIMITS } from '#jira-sandbox'
import { THIS_MACHINE } from '../../config/server-config.ts'
import type { Chart } from '../../print/chart.ts'
import { pngChart } from '../../print/png-chart.ts'
import { terminalChart } from '../../print/terminal-chart.ts'
import { machineClock } from '../../runtime/clock.ts'
import { shareAsAsked } from '../../runtime/private-files.ts'
import { print, type CliIo, type CommandHost } from '../cli/io.ts'
import { configOf, wholeNumber, type CommonOptions } from '../cli/options.ts'
import { terminalKind } from '../cli/terminal.ts'
import { completeSpan } from '../cli/times.ts'
import { withApp } from '../cli/with-app.ts'
import { serveWorkspace } from '../server/serve.ts'

interface PlotOptions extends CommonOptions {
  readonly port: number
  readonly png?: string
  readonly demoRun?: boolean
}

export function addPlotData(program: Command, host: CommandHost): void {
  const port = wholeNumber('--port', SANDBOX_LIMITS.port)
  program
    .command('plot-data')
    .description('serves the live dashboard to a browser on this machine, until Ctrl-C')
    .option('--port <n>', 'the port; 0 for any free one', port, DEFAULT_PORT)
    .option('--png <file>', "write the last hour's chart as a picture instead, and end")
    .addOption(
      new Option('--demo-run', 'as npm start: begins a run in an untouched demo workspace').hideHelp(),
    )
    .action((_options, command: Command) => plotData(host.io, command.optsWithGlobals()))
}

async function plotData(io: CliIo, options: PlotOptions): Promise<void> {
  const readConfig = (): Config => configOf(io, options)
  if (options.png !== undefined) return plotPng(io, readConfig(), options, options.png)
  const { port, json, demoRun } = options
  // The loopback form of `serve`: what the environment says of that is not asked.
  await serveWorkspace(io, readConfig, { access: { ...THIS_MACHINE, port }, json, demoRun })
}

async function plotPng(io: CliIo, config: Config, options: PlotOptions, file: string): Promise<void> {
  await withApp(io, config, async ({ client }) => {
    const span = await completeSpan(client, { fromMs: null, toMs: null }, machineClock.now())
    const loaded = await loadChart(client, { ...span, bucketMinutes: 1 })
    const written = await writePng(io, loaded, file)
    print(io, options.json, { file: written }, `The chart is in ${written}.`)
  })
}

export interface LoadedChart {
  readonly chart: Chart
  readonly counts: CountsResult
  readonly session: Session
}

/** The counts of a span with the names of their priorities: what a chart, a picture and a JSON document are made of. */
export async function loadChart(client: Client, span: Params<'counts.get'>): Promise<LoadedChart> {
  const session = await client.call('session.get', {})
  const counts = await client.call('counts.get', span)
  const chart = {
    series: counts,
    spanMs: elapsedMs(span, siteTime(session.clock, machineClock.now())),
    priorities: session.watched,
    zone: session.zone,
    provisionalFromMinute: counts.provisionalFromMinute,
  }
  return { chart, counts, session }
}

/** A chart for stdout, as wide as its terminal. */
export function chartText(io: CliIo, chart: Chart): string {
  const { ascii } = terminalKind(io)
  return terminalChart(chart, { width: io.columns, colour: io.colour, ascii })
}

export async function writePng(io: CliIo, { chart, session }: LoadedChart, file: string): Promise<string> {
  const label = [session.site.label, session.projectKey].filter((part) => part !== null).join(' · ')
  return writePicture(io, chart, label, file)
}

/** Draws a chart into a file, relative to where the command was called; returns its whole path. Throws `usage`. */
export async function writePicture(io: CliIo, chart: Chart, label: string, file: string): Promise<string> {
  const target = path.resolve(io.cwd, file)
  const picture = await pngChart(chart, label)
  try {
    const isNew = !existsSync(target)
    await writeFile(target, picture)
    if (isNew) await shareAsAsked(target)
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause)
    throw new AppError('usage', `The picture ${target} cannot be written (${reason}).`, {
      consequence: 'Nothing else was changed.',
      hint: 'Give a file in a folder that is there and can be written.',
      cause,
    })
  }
  return target
}
