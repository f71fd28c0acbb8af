import type { RunProgress } from '../../../src-shared/contract/runs.ts'
import { textTable } from '../../print/text-table.ts'
import { auditText } from '../runs/audit.ts'
import { cleanUpRun } from '../runs/clean-up.ts'
import { orCancelled } from '../cli/interrupt.ts'
import { runColumns } from '../runs/list-runs.ts'
import { choose, type AnswerChoice } from '../cli/ask.ts'
import { waitForAnyKey, showMessage, showBlock } from './prompts.ts'
import { decideUnknown, goOnWith, lookAtRun, pauseRun, stopRun } from './see-run.ts'
import type { MenuWorld } from './world.ts'

/** The line that waits for a key, and some air. */
const LINES_BESIDE = 4
const SHOWN = 20

/** What the marks at the left of a list take, and its padding. */
const MARGIN = 8

type Action = 'look' | 'resume' | 'unknown' | 'pause' | 'stop' | 'audit' | 'clean-up'

const CHOICES: Readonly<Record<Action, AnswerChoice<Action>>> = {
  look: { value: 'look', label: 'Look at it', hint: 'its bar and its chart, live' },
  resume: { value: 'resume', label: 'Resume', hint: 'go on with it' },
  unknown: { value: 'unknown', label: 'Unknown tickets', hint: 'look again, send again, or drop them' },
  pause: { value: 'pause', label: 'Pause', hint: 'it can be resumed' },
  stop: { value: 'stop', label: 'Stop', hint: 'for good' },
  audit: { value: 'audit', label: 'Audit', hint: 'was anything lost?' },
  'clean-up': { value: 'clean-up', label: 'Clean up', hint: 'delete its tickets from Jira' },
}

/** Lists the runs; the person chooses one, and what to do with it. */
export async function runsItem(world: MenuWorld): Promise<void> {
  const { io, client, config } = world
  const { runs } = await client.call('runs.list', { limit: SHOWN })
  if (runs.length === 0) return showMessage(io, 'No run was started in this Jira yet.')
  const { lines } = textTable(runs, runColumns(config.zone), io.columns - MARGIN)
  const [header = '', ...rows] = lines
  const chosen = await choose(
    io,
    `Which run?\n  ${header}`,
    runs.map(({ runId }, at) => ({ value: runId, label: rows[at] ?? runId })),
  )
  const run = runs.find(({ runId }) => runId === chosen)
  if (run === undefined) return
  const actions = actionsOf(run, run === runs[0])
  const action = await choose(
    io,
    `Run ${run.runId}: ${run.created} of ${run.planned}, ${run.state}`,
    actions.map((name) => CHOICES[name]),
  )
  // Escape leads back to the list.
  return action === null ? runsItem(world) : act(world, run, action)
}

/** What can be done with a run. `isLast`: older ones are not worked on any more. */
function actionsOf({ state, unknown, created, removed }: RunProgress, isLast: boolean): Action[] {
  const afterwards: Action[] = ['audit', ...(created > removed ? (['clean-up'] as const) : [])]
  if (state === 'running') return ['look', 'pause', 'stop']
  if (state === 'paused' || state === 'broken')
    return ['resume', ...(isLast ? (['stop'] as const) : []), ...afterwards]
  return [...(state === 'done' && unknown > 0 ? (['unknown'] as const) : []), ...afterwards]
}

async function act(world: MenuWorld, run: RunProgress, action: Action): Promise<void> {
  const { io, client } = world
  if (action === 'look') return lookAtRun(world, run)
  if (action === 'resume') return goOnWith(world, run)
  if (action === 'unknown') return decideUnknown(world, run)
  if (action === 'audit') return auditRun(world, run.runId)
  if (action === 'clean-up') return void (await cleanUpRun(io, client, run.runId))
  if (action === 'pause') return pauseRun(world)
  await stopRun(world, run)
}

/** Audits a run, the last one where none is named, after a fetch, so that what just came is no difference. */
export async function auditRun({ io, client, config }: MenuWorld, runId?: string): Promise<void> {
  showMessage(io, 'Asking Jira for all tickets of the run …')
  const audit = async (): Promise<string> => {
    await client.call('sync.now', {})
    return auditText(await client.call('audit.run', runId === undefined ? {} : { runId }), {
      zone: config.zone,
      columns: io.columns - 1,
    })
  }
  const text = await orCancelled(audit(), io.signal, 'The audit was interrupted. It changes nothing.')
  // What it means comes first; a long list of differences would push it out of the screen.
  showBlock(io, text, { most: io.rows - LINES_BESIDE, more: '… jira-tpm audit shows the rest.' })
  await waitForAnyKey(io)
}
