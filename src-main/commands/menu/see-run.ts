import type { Client } from '../../../src-shared/contract/client.ts'
import type { RunProgress } from '../../../src-shared/contract/runs/runs.ts'
import { MS_PER_MINUTE } from '../../../src-shared/domain/minute.ts'
import { hasSlept } from '../../../src-shared/domain/run/run-reason.ts'
import { textTable } from '../../print/text-table.ts'
import { sleep } from '../../runtime/async.ts'
import { askYes, choose, type AnswerChoice } from '../cli/ask.ts'
import { orCancelled } from '../cli/interrupt.ts'
import { say, type CliIo } from '../cli/io.ts'
import { barLine, createBar, type ProgressBar } from '../cli/progress.ts'
import { terminalKind } from '../cli/terminal.ts'
import { chooseMissed, chooseUnknown, createRunBar, isIdle, pauseSoon } from '../runs/follow-run.ts'
import { runColumns, runText, standingText, incompleteText } from '../runs/run-document.ts'
import { openLiveView } from './live-view.ts'
import type { MenuWorld } from './menu.ts'
import { show, showBlock, waitForAnyKey } from './prompts.ts'

/** The line that waits for a key, and some air. */
const OTHER_LINES = 4
const SHOWN = 20

/** What the marks at the left of a list take, and its padding. */
const MARGIN = 7

const HINT = 'Esc: menu, the run goes on · p: pause · s: stop'

/** While a compressed hour is looked at, its tickets shall not come in heaps (real ms). */
const FETCH_EVERY_MS = 1_000

/** A run of a minute is one bar: it is shown among its neighbours. */
const MIN_MINUTES = 15

type Action = Omit<AnswerChoice<string>, 'value'> & {
  readonly work: (world: MenuWorld, run: RunProgress) => unknown
}

const ACTIONS = {
  look: { label: 'Look at it', hint: 'its bar and its chart, live', work: lookAtRun },
  resume: { label: 'Resume', hint: 'go on with it', work: goOnWith },
  unknown: { label: 'Unknown tickets', hint: 'look again, send again, or drop them', work: decideUnknown },
  pause: { label: 'Pause', hint: 'it can be resumed', work: pauseRun },
  stop: { label: 'Stop', hint: 'for good', work: stopRun },
  audit: { label: 'Audit', hint: 'was anything lost?', work: auditRun },
  'clean-up': { label: 'Clean up', hint: 'delete its tickets from Jira', work: cleanUpRun },
} as const satisfies Readonly<Record<string, Action>>

/** The run that this menu began or went on with: it goes on while the person looks at something else. */
export function createOwnRun(io: CliIo, client: Client) {
  let run: RunProgress | null = null
  let isSeen = false
  const underWay = (): RunProgress | null => (run === null || isIdle(run) ? null : run)
  const unsubscribe = client.on('run.changed', (progress) => {
    if (progress.runId !== underWay()?.runId) return
    run = progress
    if (isIdle(run) && !isSeen) say(io, standingText(run))
  })
  return {
    begin: async (start: () => Promise<RunProgress>) => (run = await start()),
    /** As it stands, while it goes on; else null. */
    underWay,
    /** While it is looked at, its end is not news. */
    async whileSeen<T>(work: () => Promise<T>): Promise<T> {
      isSeen = true
      try {
        return await work()
      } finally {
        isSeen = false
      }
    },
    /** Pauses it, for the menu's end; null where none is under way. */
    async leave(): Promise<RunProgress | null> {
      unsubscribe()
      const going = underWay()
      return going === null ? null : pauseSoon(client, going)
    },
  }
}

/** Begins a run, or goes on with one, and shows it; what has to be decided meanwhile is asked. */
export async function showRun(world: MenuWorld, start: () => Promise<RunProgress>): Promise<void> {
  await lookAtRun(world, await world.ownRun.begin(start))
}

/** Goes on with a run that rests, after the person said what becomes of what it missed. Throws `cancelled`. */
export async function goOnWith(world: MenuWorld, run: RunProgress): Promise<void> {
  const missed = await chooseMissed(world.io, run, undefined)
  await showRun(world, () => world.client.call('runs.resume', { runId: run.runId, missed }))
}

/** Asks what becomes of a run's unknown tickets. Throws `cancelled`. */
async function decideUnknown(world: MenuWorld, run: RunProgress): Promise<void> {
  const unknown = await chooseUnknown(world.io, run)
  if (unknown === null) return
  await showRun(world, () => world.client.call('runs.resume', { runId: run.runId, unknown }))
}

/** Shows a run under way, of this program or another, until the person goes back or it rests. */
export async function lookAtRun(world: MenuWorld, given: RunProgress): Promise<void> {
  const { io, client, ownRun } = world
  const { run, end } = await ownRun.whileSeen(() => viewRun(world, given))
  if (end === 'idle') return showOutcome(world, run)
  if (end === 'back') {
    const isOwn = ownRun.underWay()?.runId === run.runId
    return show(io, 'message', `Run ${run.runId} goes on.${isOwn ? ' Leaving the menu pauses it.' : ''}`)
  }
  if (end === 'pause') return pauseRun(world, run)
  if (end !== 'stop' || (await stopRun(world, run))) return
  await lookAtRun(world, await client.call('runs.get', { runId: run.runId }))
}

function pauseRun({ io, ownRun, call }: MenuWorld, { runId: run }: RunProgress): Promise<void> {
  return ownRun.whileSeen(() => call('pause', { run }, (_document, text) => show(io, 'message', text)))
}

/** Stops a run after a yes; false after a no. */
async function stopRun({ io, ownRun, call }: MenuWorld, { runId: run }: RunProgress): Promise<boolean> {
  if (!(await askYes(io, `Stop run ${run} for good? It cannot be resumed.`))) return false
  await ownRun.whileSeen(() => call('stop', { run }, (_document, text) => show(io, 'message', text)))
  return true
}

function cleanUpRun({ call }: MenuWorld, { runId }: RunProgress): Promise<void> {
  return call('clean-up', { run: runId })
}

async function showOutcome(world: MenuWorld, run: RunProgress): Promise<void> {
  const { io } = world
  if (run.created === run.planned) {
    show(io, 'success', runText(run))
    return waitForAnyKey(io) // the whole of it is on the screen
  }
  show(io, 'warn', `${runText(run)} ${incompleteText(run)}`)
  if (hasSlept(run)) return goOnWith(world, run)
  if (run.state === 'done' && run.unknown > 0) return decideUnknown(world, run)
}

const ENDS = { escape: 'back', q: 'back', p: 'pause', s: 'stop' } as const

/**
 * Shows a run under way, its bar below the chart of its minutes, until it rests or a key is pressed. `end`: why it is
 * looked at no more; null after Ctrl-C.
 */
async function viewRun({ io, client }: MenuWorld, given: RunProgress) {
  const { ascii, plain } = terminalKind(io)
  let run = given
  let shown: Parameters<ProgressBar['show']> | null = null
  const view = openLiveView(io, client, {
    keys: ['escape', 'q', 'p', 's'],
    hint: HINT,
    span: async () => ({ ...spanOf(run), bucketMinutes: 1 }),
    below({ columns }) {
      if (shown === null) return ['']
      const [done, total, facts] = shown
      return ['', barLine({ label: 'Creating', done, total, facts }, columns, ascii)]
    },
  })
  const below: ProgressBar = {
    show(...next) {
      shown = next
      view.redraw()
    },
    end: view.redraw,
  }
  const { promise: idle, resolve } = Promise.withResolvers<'idle'>()
  const bar = await createRunBar(io, client, plain ? createBar(io, 'Creating') : below)
  const onProgress = (progress: RunProgress): void => {
    if (progress.runId !== run.runId) return
    run = progress
    bar.update(run)
    if (isIdle(run)) resolve('idle')
  }
  const unsubscribe = client.on('run.changed', onProgress)
  try {
    onProgress(run)
    onProgress(await client.call('runs.get', { runId: run.runId }))
    if (run.rate > 1) void fetchOften(client, view.signal)
    const key = view.ended.then((pressed) => pressed && ENDS[pressed])
    const end = await Promise.race([key, idle])
    return { run, end }
  } finally {
    unsubscribe()
    bar.end()
    await view.close()
  }
}

/** A fetch that fails is reported by the chart's last line; the usual ones go on. */
async function fetchOften(client: Client, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await client.call('sync.now', {}).catch(() => {})
    await sleep(FETCH_EVERY_MS, signal)
  }
}

function spanOf({ startMs, endMs }: RunProgress): { fromMs: number; toMs: number } {
  return { fromMs: startMs, toMs: Math.max(endMs, startMs + MIN_MINUTES * MS_PER_MINUTE) }
}

/** Lists the runs; the person chooses one, and what to do with it. */
export async function runsItem(world: MenuWorld): Promise<void> {
  const { io, client, config } = world
  const { runs } = await client.call('runs.list', { limit: SHOWN })
  if (runs.length === 0) return show(io, 'message', 'No run was started in this Jira yet.')
  const { lines } = textTable(runs, runColumns(config.zone), io.columns - MARGIN)
  const [header = '', ...rows] = lines
  const choices = runs.map(({ runId }, at) => ({ value: runId, label: rows[at] ?? runId }))
  const chosen = await choose(io, `Which run?\n  ${header}`, choices)
  const run = runs.find(({ runId }) => runId === chosen)
  if (run === undefined) return
  const actions = actionsOf(run).map((value) => ({ value, ...ACTIONS[value] }))
  const question = `Run ${run.runId}: ${run.created} of ${run.planned}, ${run.state}`
  const action = await choose(io, question, actions)
  // Escape leads back to the list.
  if (action === null) return runsItem(world)
  await ACTIONS[action].work(world, run)
}

/** What can be done with a run. */
function actionsOf({ state, unknown, created, removed }: RunProgress): (keyof typeof ACTIONS)[] {
  if (state === 'running') return ['look', 'pause', 'stop']
  const afterwards = created > removed ? (['audit', 'clean-up'] as const) : (['audit'] as const)
  if (state === 'paused' || state === 'broken') return ['resume', 'stop', ...afterwards]
  return state === 'done' && unknown > 0 ? ['unknown', ...afterwards] : [...afterwards]
}

/** Audits a run, the last one where none is named, after a fetch, so that what just came is no difference. */
export async function auditRun({ io, client, call }: MenuWorld, run?: RunProgress): Promise<void> {
  show(io, 'message', 'Asking Jira for all tickets of the run …')
  // What it means comes first; a long list of differences would push it out of the screen.
  const fitting = { most: io.rows - OTHER_LINES, more: '… jira-tpm audit shows the rest.' }
  const audit = async (): Promise<void> => {
    await client.call('sync.now', {})
    await call('audit', { run: run?.runId }, (_document, text) => showBlock(io, text, fitting))
  }
  await orCancelled(audit(), io.signal, 'The audit was interrupted.', 'It changes nothing.')
  await waitForAnyKey(io)
}
