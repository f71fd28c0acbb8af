import type { ResumeRequest, RunProgress } from '../../../src-shared/contract/runs.ts'
import { MS_PER_MINUTE } from '../../../src-shared/domain/minute.ts'
import { textTable } from '../../print/text-table.ts'
import { sleep, untilAborted } from '../../runtime/async.ts'
import { askYes, choose, type AnswerChoice } from '../cli/ask.ts'
import { orCancelled } from '../cli/interrupt.ts'
import { barLine, createBar, type ProgressBar } from '../cli/progress.ts'
import { terminalKind } from '../cli/terminal.ts'
import { showLiveChart } from '../counts/live-chart.ts'
import { auditText } from '../runs/audit.ts'
import { cleanUpRun } from '../runs/clean-up.ts'
import { chooseMissed, chooseUnknown, createRunBar, isIdle } from '../runs/follow-run.ts'
import { runColumns, runText, standingText, incompleteText } from '../runs/run-document.ts'
import { readKeys, showBlock, showDone, showMessage, showWarning, waitForAnyKey } from './prompts.ts'
import type { MenuWorld } from './world.ts'

/** The line that waits for a key, and some air. */
const LINES_BESIDE = 4
const SHOWN = 20

/** What the marks at the left of a list take, and its padding. */
const MARGIN = 8

const CHOICES: Readonly<Record<Action, AnswerChoice<Action>>> = {
  look: { value: 'look', label: 'Look at it', hint: 'its bar and its chart, live' },
  resume: { value: 'resume', label: 'Resume', hint: 'go on with it' },
  unknown: { value: 'unknown', label: 'Unknown tickets', hint: 'look again, send again, or drop them' },
  pause: { value: 'pause', label: 'Pause', hint: 'it can be resumed' },
  stop: { value: 'stop', label: 'Stop', hint: 'for good' },
  audit: { value: 'audit', label: 'Audit', hint: 'was anything lost?' },
  'clean-up': { value: 'clean-up', label: 'Clean up', hint: 'delete its tickets from Jira' },
}

const KEYS: Readonly<Record<string, ViewEnd>> = { escape: 'back', q: 'back', p: 'pause', s: 'stop' }
const HINT = 'Esc: menu, the run goes on · p: pause · s: stop'

/** While a compressed hour is looked at, its tickets shall not come in heaps (real ms). */
const FETCH_EVERY_MS = 1_000

/** A run of a minute is one bar: it is shown among its neighbours. */
const MIN_MINUTES = 15

/** Begins a run, or goes on with one, and shows it; what has to be decided meanwhile is asked. */
export async function showRun(world: MenuWorld, start: () => Promise<RunProgress>): Promise<void> {
  await lookAtRun(world, await world.ownRun.begin(start))
}

/** Goes on with a run that rests, after the person said what becomes of what it missed. Throws `cancelled`. */
export async function goOnWith(world: MenuWorld, run: RunProgress): Promise<void> {
  const missed = await chooseMissed(world.io, run, undefined)
  await resumeAndSee(world, { runId: run.runId, missed })
}

/** Asks what becomes of a run's unknown tickets. Throws `cancelled`. */
async function decideUnknown(world: MenuWorld, run: RunProgress): Promise<void> {
  const unknown = await chooseUnknown(world.io, run)
  if (unknown !== null) await resumeAndSee(world, { runId: run.runId, unknown })
}

/** Shows a run under way, of this program or another, until the person goes back or it rests. */
export async function lookAtRun(world: MenuWorld, given: RunProgress): Promise<void> {
  const { io, client, ownRun } = world
  const { run, end } = await ownRun.lookAt(() => viewRun(world, given))
  if (end === 'idle') return showOutcome(world, run)
  if (end === 'back')
    return showMessage(
      io,
      `Run ${run.runId} goes on.${ownRun.underWay()?.runId === run.runId ? ' Leaving the menu pauses it.' : ''}`,
    )
  if (end === 'pause') return pauseRun(world)
  if (end !== 'stop' || (await stopRun(world, run))) return
  await lookAtRun(world, await client.call('runs.get', { runId: run.runId }))
}

async function pauseRun({ io, client, ownRun }: MenuWorld): Promise<void> {
  showMessage(io, standingText(await ownRun.lookAt(() => client.call('runs.pause', {}))))
}

/** Stops the last run after a yes; false after a no. */
async function stopRun({ io, client, ownRun }: MenuWorld, run: RunProgress): Promise<boolean> {
  if (!(await askYes(io, `Stop run ${run.runId} for good? It cannot be resumed.`))) return false
  showMessage(io, standingText(await ownRun.lookAt(() => client.call('runs.stop', {}))))
  return true
}

async function resumeAndSee(world: MenuWorld, request: ResumeRequest): Promise<void> {
  await showRun(world, () => world.client.call('runs.resume', request))
}

async function showOutcome(world: MenuWorld, run: RunProgress): Promise<void> {
  const { io } = world
  if (run.created === run.planned) {
    showDone(io, runText(run))
    return waitForAnyKey(io) // the whole of it is on the screen
  }
  showWarning(io, `${runText(run)} ${incompleteText(run)}`)
  if (run.slept === true) return goOnWith(world, run)
  if (run.state === 'done' && run.unknown > 0) return decideUnknown(world, run)
}

/** Why a run is looked at no more: it rests, or the person wants something else. */
type ViewEnd = 'idle' | 'back' | 'pause' | 'stop' | 'interrupted'

/** Shows a run under way, its bar below the chart of its minutes, until it rests or a key is pressed. */
async function viewRun(world: MenuWorld, given: RunProgress): Promise<{ run: RunProgress; end: ViewEnd }> {
  const { io, client } = world
  const { promise: ended, resolve: end } = Promise.withResolvers<ViewEnd>()
  const drawing = new AbortController()
  const view = openView(world, () => run, drawing.signal)
  let run = given
  const bar = await createRunBar(io, client, view.bar)
  const onProgress = (progress: RunProgress): void => {
    if (progress.runId !== run.runId) return
    run = progress
    bar.update(run)
    if (isIdle(run)) end('idle')
  }
  void untilAborted(io.signal).then(() => end('interrupted'))
  const subscriptions = [
    client.on('run.changed', onProgress),
    readKeys(io, (key) => {
      const chosen = KEYS[key]
      if (chosen !== undefined) end(chosen)
    }),
  ]
  try {
    onProgress(run)
    onProgress(await client.call('runs.get', { runId: run.runId }))
    if (run.rate > 1) void fetchOften(world, drawing.signal)
    return await Promise.race([ended.then((why) => ({ run, end: why })), view.failed])
  } finally {
    for (const each of subscriptions) each()
    bar.end()
    drawing.abort()
    await view.closed()
  }
}

/** A fetch that fails is reported by the chart's last line; the usual ones go on. */
async function fetchOften({ client }: MenuWorld, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await client.call('sync.now', {}).catch(() => {})
    await sleep(FETCH_EVERY_MS, signal)
  }
}

interface View {
  readonly bar: ProgressBar
  /** Rejects where the chart cannot be shown any more. */
  readonly failed: Promise<never>
  closed(): Promise<void>
}

/** A chart with the bar below it; a terminal that cannot be drawn over gets lines. */
function openView({ io, client }: MenuWorld, current: () => RunProgress, signal: AbortSignal): View {
  if (terminalKind(io).plain) {
    return { bar: createBar(io, 'Creating'), failed: new Promise(() => {}), closed: async () => {} }
  }
  const { ascii } = terminalKind(io)
  let state: Parameters<ProgressBar['show']> | null = null
  const chart = showLiveChart(io, client, {
    output: 'stderr',
    signal,
    hint: HINT,
    span: async () => ({ ...spanOf(current()), bucketMinutes: 1 }),
    below: ({ columns }) => {
      if (state === null) return ['']
      const [done, total, facts] = state
      return ['', barLine({ label: 'Creating', done, total, facts }, columns - 1, ascii)]
    },
  })
  const bar: ProgressBar = {
    show(...shown) {
      state = shown
      chart.redraw()
    },
    end: () => chart.redraw(),
  }
  const { promise: failed, reject } = Promise.withResolvers<never>()
  failed.catch(() => {}) // nobody looks on any more
  chart.ended.catch(reject)
  return { bar, failed, closed: () => chart.ended.catch(() => {}) }
}

function spanOf({ startMs, endMs }: RunProgress): { fromMs: number; toMs: number } {
  return { fromMs: startMs, toMs: Math.max(endMs, startMs + MIN_MINUTES * MS_PER_MINUTE) }
}

type Action = 'look' | 'resume' | 'unknown' | 'pause' | 'stop' | 'audit' | 'clean-up'

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
  if (action === 'clean-up') return cleanUpRun(io, client, run.runId)
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
  const text = await orCancelled(audit(), io.signal, 'The audit was interrupted.', 'It changes nothing.')
  // What it means comes first; a long list of differences would push it out of the screen.
  showBlock(io, text, { most: io.rows - LINES_BESIDE, more: '… jira-tpm audit shows the rest.' })
  await waitForAnyKey(io)
}
