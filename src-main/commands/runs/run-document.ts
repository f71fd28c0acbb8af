import type { Client } from '../../../src-shared/contract/client.ts'
import { traitsOf } from '../../../src-shared/contract/runs/run-traits.ts'
import type { RunMinute, RunProgress } from '../../../src-shared/contract/runs/runs.ts'
import { isoInstant, startOfMinute } from '../../../src-shared/domain/minute.ts'
import { reasonText, whyText, workedOnBy } from '../../../src-shared/domain/run/run-reason.ts'
import { textTable, type TableColumn } from '../../print/text-table.ts'
import { wallTime } from '../../print/wall-clock.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { EXIT, say } from '../cli/io.ts'
import { pick } from '../cli/options.ts'
import type { RUNS } from '../run-commands.ts'
import { whenReadable } from './outage.ts'

type RunFigures = Pick<RunProgress, 'seed' | 'planned' | 'created' | 'failed'> & {
  /** Null for a plan that was only shown. */
  readonly runId: string | null
}

const NEXT =
  'jira-tpm fetch-tickets and then jira-tpm audit show that all of them arrived; jira-tpm clean-up deletes them again.'

/** What `create-tickets --json` and `resume --json` print. */
export function runDocument(
  run: RunFigures,
  minutes: readonly Pick<RunMinute, 'minute' | 'planned' | 'created'>[],
): Record<string, unknown> {
  return {
    run: run.runId,
    ...pick(run, 'seed', 'planned', 'created', 'failed'),
    minutes: minutes.map(({ minute, planned, created }) => ({
      minute: isoInstant(startOfMinute(minute)),
      planned,
      created,
    })),
  }
}

/** How a run stands: what `pause`, `stop` and `runs` print as JSON. */
export function standingDocument(run: RunProgress): Record<string, unknown> {
  return {
    run: run.runId,
    state: run.state,
    by: workedOnBy(run),
    project: run.projectKey,
    ...traitsOf(run),
    from: isoInstant(run.startMs),
    to: isoInstant(run.endMs),
    ...pick(run, 'planned', 'created', 'failed', 'unknown', 'skipped', 'missed', 'removed'),
    lateness: run.lateness,
    reason: reasonText(run),
  }
}

export function runText(run: RunProgress): string {
  const { runId, seed, planned, created } = run
  return `Run ${runId}, seed ${seed}: ${created} of ${planned} tickets created${amiss(run)}.`
}

/** Where a run stands that does not go on, and how it can. */
export function standingText(run: RunProgress): string {
  const { runId, planned, created } = run
  const tickets = `${created} of ${planned} tickets are created${amiss(run)}`
  return `Run ${runId} ${isText(run)}: ${tickets}.${goOnHint(run)}`
}

/** How a person goes on with a run; empty where there is no way to. */
function goOnHint({ state }: RunProgress): string {
  return state === 'paused' || state === 'broken' ? ' jira-tpm resume goes on with it.' : ''
}

function isText(run: RunProgress): string {
  const { state } = run
  const by = workedOnBy(run)
  if (state === 'running') return by === null ? 'is under way' : `is under way on ${by}`
  if (state === 'broken') return 'stands still, because the program that worked on it has ended'
  return state === 'stopped' ? 'is stopped for good' : `is ${state}`
}

function amiss(run: RunProgress): string {
  return notMadeFacts(run)
    .map((fact) => `, ${fact}`)
    .join('')
}

/** `2 failed`, `1 unknown`, `3 left out`, as far as there are any. */
export function notMadeFacts({ failed, unknown, skipped }: RunProgress): string[] {
  const counts = [
    [failed, 'failed'],
    [unknown, 'unknown'],
    [skipped, 'left out'],
  ] as const
  return counts.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`)
}

/** Prints how a run ended. Where not all of its tickets were created it says why, and the command fails. */
export async function printRun(
  { io, options, print, exitWith }: CommandCall,
  client: Client,
  run: RunProgress,
): Promise<void> {
  const minutes = await whenReadable(io, () => client.call('runs.minutes', { runId: run.runId }))
  print(runDocument(run, minutes), `${runText(run)}${await chartedText(client, run)}`)
  if (run.created === run.planned) {
    if (io.isTTY && options.json !== true) say(io, NEXT)
    return
  }
  say(io, incompleteText(run))
  exitWith(EXIT.failed)
}

/** ` Planned for the chart 36, charted 20 so far.`; nothing where that cannot be read. */
async function chartedText(client: Client, { runId }: RunProgress): Promise<string> {
  const counted = await client.call('runs.charted', { runId }).catch(() => null)
  if (counted === null) return ''
  const { planned, charted } = counted
  return ` Planned for the chart ${planned}, charted ${charted}${charted < planned ? ' so far' : ''}.`
}

/** Why not all of a run's tickets were created, and how it can go on. */
export function incompleteText(run: RunProgress): string {
  const { planned, created } = run
  const how = goOnHint(run)
  const text = how === '' ? reasonText(run) : whyText(run)
  return `${text ?? `${planned - created} of ${planned} tickets were not created.`}${how}`
}

export async function listRuns(call: CommandCall<'store', typeof RUNS>): Promise<void> {
  const { io, options, open, print } = call
  const config = call.config()
  await open(config, async ({ client }) => {
    const { runs, more } = await client.call('runs.list', { limit: options.limit })
    const table = runsTable(runs, config.zone, io.stdoutIsTTY ? io.columns : null)
    const note = more ? '\n\nThere are older ones: --limit shows more.' : ''
    const text = runs.length === 0 ? 'No run was started in this Jira yet.' : `${table}${note}`
    print({ runs: runs.map(standingDocument), more }, text)
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
export function stateText(run: RunProgress): string {
  const { state, created, removed } = run
  const by = workedOnBy(run)
  const where = state === 'running' && by !== null ? ` on ${by}` : ''
  const cleaned = removed === 0 ? '' : removed >= created ? ', cleaned up' : `, ${removed} deleted again`
  return `${state}${where}${cleaned}`
}
