import type { RunProgress } from '../../../src-shared/contract/runs.ts'
import { terminalChart } from '../../print/terminal-chart.ts'
import { machineClock } from '../../runtime/clock.ts'
import { storeName } from '../tickets/tables.ts'
import { fetchOnce, fetchText } from '../tickets/fetch-tickets.ts'
import { completeSpan } from '../cli/times.ts'
import { showLiveChart } from '../counts/live-chart.ts'
import { loadChart } from '../counts/stored-chart.ts'
import { terminalKind } from '../cli/terminal.ts'
import { createItem } from './create-item.ts'
import { askYes, choose, type AnswerChoice } from '../cli/ask.ts'
import { readKeys, waitForAnyKey, showMessage, showBlock, showDone } from './prompts.ts'
import { auditRun, runsItem } from './runs-item.ts'
import { goOnWith, lookAtRun } from './see-run.ts'
import type { MenuWorld } from './world.ts'

export type ItemName =
  | 'run'
  | 'create'
  | 'fetch'
  | 'plot'
  | 'dashboard'
  | 'audit'
  | 'runs'
  | 'create-table'
  | 'drop-table'
  | 'quit'

export interface Item extends AnswerChoice<ItemName> {
  readonly work: (world: MenuWorld) => Promise<void>
}

const WHOLE = { fromMs: null, toMs: null }

const ITEMS: readonly Item[] = [
  { value: 'create', label: 'Create tickets', hint: 'as they arrive in a real hour', work: createItem },
  { value: 'fetch', label: 'Fetch tickets', hint: 'what is new in Jira, now', work: fetchItem },
  { value: 'plot', label: 'Plot', hint: 'tickets a minute, here in the terminal', work: plotItem },
  { value: 'dashboard', label: 'Dashboard', hint: 'in the browser', work: dashboardItem },
  {
    value: 'audit',
    label: 'Audit the last run',
    hint: 'was anything lost?',
    work: (world) => auditRun(world),
  },
  { value: 'runs', label: 'Runs', hint: 'list, resume, pause, stop, clean up', work: runsItem },
  { value: 'create-table', label: 'Create table', hint: 'after it was dropped', work: createTableItem },
  { value: 'drop-table', label: 'Drop table', hint: 'the fetched tickets; asks first', work: dropTableItem },
  { value: 'quit', label: 'Quit', work: async () => {} },
]

/** What there is to do now: a run that is under way, or can go on, comes first. */
export async function menuItems({ client }: MenuWorld): Promise<readonly Item[]> {
  // Where nothing is open, whatever is chosen says why.
  const run = await client.call('runs.current', {}).catch(() => null)
  const first = run === null ? null : runItem(run)
  return first === null ? ITEMS : [first, ...ITEMS]
}

function runItem(run: RunProgress): Item | null {
  const { runId, state, created, planned } = run
  const hint = `${created} of ${planned}, ${state}`
  if (state === 'running') {
    return { value: 'run', label: `Look at run ${runId}`, hint, work: (world) => lookAtRun(world, run) }
  }
  if (state !== 'paused' && state !== 'broken') return null
  return { value: 'run', label: `Resume run ${runId}`, hint, work: (world) => goOnWith(world, run) }
}

async function dashboardItem({ io, dashboard }: MenuWorld): Promise<void> {
  const link = await dashboard.link()
  showMessage(
    io,
    `The dashboard: ${link}\nThe link works once, within 15 minutes; after that there is another one here. It is served until you quit.`,
  )
}

async function fetchItem({ io, client }: MenuWorld): Promise<void> {
  showDone(io, fetchText(await fetchOnce(client, io)))
}

/** The hour as a chart in the terminal, as it is or as it goes on. */
async function plotItem(world: MenuWorld): Promise<void> {
  const { io } = world
  const { plain } = terminalKind(io)
  if (plain) return plotHour(world)
  const chosen = await choose(io, 'Which chart?', [
    { value: 'hour', label: 'The last hour', hint: 'as it is now; or the last run, if that was longer' },
    { value: 'live', label: 'Live', hint: 'goes on until a key is pressed' },
  ])
  if (chosen === 'hour') return plotHour(world)
  if (chosen === 'live') return plotLive(world)
}

async function plotHour({ io, client }: MenuWorld): Promise<void> {
  const span = await completeSpan(client, WHOLE, machineClock.now())
  const { chart } = await loadChart(client, { ...span, bucketMinutes: 1 })
  const { ascii } = terminalKind(io)
  showBlock(io, terminalChart(chart, { width: io.columns - 1, colour: !io.env['NO_COLOR'], ascii }))
  await waitForAnyKey(io)
}

async function plotLive({ io, client }: MenuWorld): Promise<void> {
  const drawing = new AbortController()
  const end = (): void => drawing.abort()
  io.signal.addEventListener('abort', end, { once: true })
  const stopReading = readKeys(io, (key) => {
    if (['escape', 'return', 'space', 'q'].includes(key)) end()
  })
  try {
    if (io.signal.aborted) end()
    await showLiveChart(io, client, {
      output: 'stderr',
      signal: drawing.signal,
      hint: 'Esc: menu.',
      span: async () => ({ ...(await completeSpan(client, WHOLE, machineClock.now())), bucketMinutes: 1 }),
    }).ended
  } finally {
    stopReading()
    io.signal.removeEventListener('abort', end)
  }
}

async function createTableItem({ io, client }: MenuWorld): Promise<void> {
  const { created } = await client.call('data.createTables', {})
  showDone(
    io,
    created ? 'The ticket tables are made. They fill again from Jira.' : 'The ticket tables are there.',
  )
}

async function dropTableItem({ io, client, config }: MenuWorld): Promise<void> {
  const { insteadOf } = await client.call('store.status', {})
  const where =
    insteadOf === null ? storeName(config.store) : `the file that stands in for ${insteadOf.label}`
  const question = `Drop the fetched tickets and their counts in ${where}? They can be fetched again.`
  if (!(await askYes(io, question))) return showMessage(io, 'Nothing was dropped.')
  const { dropped } = await client.call('data.dropTables', { confirm: true })
  showDone(
    io,
    dropped ? 'The ticket tables are dropped. Create table makes them anew.' : 'There were no ticket tables.',
  )
}
