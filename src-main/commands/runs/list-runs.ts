import type { Command } from 'commander'
import type { RunProgress } from '../../../src-shared/contract/runs.ts'
import { textTable, type TableColumn } from '../../print/text-table.ts'
import { wallTime } from '../../print/wall-clock.ts'
import { configOf, wholeNumber, type CommonOptions } from '../cli/options.ts'
import { print, type CommandHost } from '../cli/io.ts'
import { standingDocument } from './run-document.ts'
import { withApp } from '../cli/with-app.ts'

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

/** Runs as a table, as many columns as fit. `columns`: null where the width does not matter. */
export function runsTable(runs: readonly RunProgress[], zone: string, columns: number | null): string {
  const { lines, left } = textTable(runs, runColumns(zone), columns)
  const note = left.length === 0 ? [] : ['', `A wider terminal shows more: ${left.join(', ')}.`]
  return [...lines, ...note].join('\n')
}

/** What there is to see of runs; times are shown in the zone. */
export function runColumns(zone: string): readonly TableColumn<RunProgress>[] {
  return [
    { title: 'run', of: ({ runId }) => runId },
    { title: 'when', giveUp: 2, of: ({ startMs }) => wallTime(startMs, zone) },
    { title: 'project', giveUp: 6, of: ({ projectKey }) => projectKey },
    { title: 'profile', giveUp: 5, of: ({ profile }) => profile },
    { title: 'seed', right: true, giveUp: 7, of: ({ seed }) => String(seed) },
    { title: 'planned', right: true, giveUp: 3, of: ({ planned }) => String(planned) },
    { title: 'created', right: true, of: ({ created }) => String(created) },
    { title: 'not made', right: true, giveUp: 4, of: (run) => String(notMade(run)) },
    { title: 'state', of: stateText },
  ]
}

/** Slots that will have no ticket as things stand: of a stopped run also those that were not sent. */
export function notMade({ state, planned, created, failed, unknown, skipped }: RunProgress): number {
  return state === 'stopped' ? planned - created : failed + unknown + skipped
}

/** `running on kite`, `done, cleaned up`. */
export function stateText({ state, by, created, removed }: RunProgress): string {
  const where = state === 'running' && by !== null ? ` on ${by}` : ''
  const cleaned = removed === 0 ? '' : removed >= created ? ', cleaned up' : `, ${removed} deleted again`
  return `${state}${where}${cleaned}`
}
