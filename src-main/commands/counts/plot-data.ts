import { Option, type Command } from 'commander'
import { machineClock } from '../../runtime/clock.ts'
import { DEFAULT_PORT, type Config } from '../../config/config.ts'
import { SANDBOX_LIMITS } from '#jira-sandbox'
import { THIS_MACHINE } from '../../config/server-config.ts'
import { configOf, wholeNumber, type CommonOptions } from '../cli/options.ts'
import { completeSpan } from '../cli/times.ts'
import { print, type CliIo, type CommandHost } from '../cli/io.ts'
import { loadChart, writePng } from './stored-chart.ts'
import { serveWorkspace } from '../server/serve.ts'
import { withApp } from '../cli/with-app.ts'

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
