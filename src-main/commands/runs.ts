import type { Command } from 'commander'
import { configOf, type CommonOptions } from './common-options.ts'
import { print, type CommandHost } from './io.ts'
import { wholeNumber } from './number-flags.ts'
import { standingDocument } from './run-document.ts'
import { runsTable } from './runs-table.ts'
import { withApp } from './with-app.ts'

const MAX_LIMIT = 100
const DEFAULT_LIMIT = 20

interface RunsOptions extends CommonOptions {
  readonly limit: number
}

export function addRuns(program: Command, host: CommandHost): void {
  program
    .command('runs')
    .description('the runs in this Jira, the newest first: what was planned, what became of it')
    .option(
      '--limit <n>',
      'at most so many',
      wholeNumber('--limit', { min: 1, max: MAX_LIMIT }),
      DEFAULT_LIMIT,
    )
    .action((_options, command: Command) => listRuns(host, command.optsWithGlobals()))
}

async function listRuns({ io }: CommandHost, options: RunsOptions): Promise<void> {
  const config = configOf(io, options)
  await withApp(io, config, async ({ client }) => {
    const { runs, more } = await client.call('runs.list', { limit: options.limit })
    const table = runsTable(runs, config.zone, io.stdoutIsTTY ? io.columns : null)
    const note = more ? '\n\nThere are older ones: --limit shows more.' : ''
    const text = runs.length === 0 ? 'No run was started in this Jira yet.' : `${table}${note}`
    print(io, options.json, { runs: runs.map(standingDocument), more }, text)
  })
}
