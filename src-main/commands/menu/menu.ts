import { intro, outro } from '@clack/prompts'
import type { RunProgress } from '../../../src-shared/contract/runs.ts'
import type { Session } from '../../../src-shared/contract/tickets.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import type { App } from '../../app/app.ts'
import type { Config } from '../../config/config.ts'
import { terminalChart } from '../../print/terminal-chart.ts'
import { machineClock } from '../../runtime/clock.ts'
import { askYes, choose, type AnswerChoice } from '../cli/ask.ts'
import { orCancelled } from '../cli/interrupt.ts'
import { EXIT, type CliIo, type CommandHost } from '../cli/io.ts'
import type { CommonOptions } from '../cli/define-command.ts'
import { configOf } from '../cli/settings.ts'
import { promptOutput, terminalKind } from '../cli/terminal.ts'
import { completeSpan } from '../cli/times.ts'
import { withApp } from '../cli/with-app.ts'
import { showLiveChart } from '../counts/live-chart.ts'
import { loadChart } from '../counts/plot-data.ts'
import { standingText } from '../runs/run-document.ts'
import { fetchOnce, fetchText } from '../tickets/fetch-tickets.ts'
import { storeName } from '../tickets/tables.ts'
import { createItem } from './create-item.ts'
import {
  listenForCtrlC,
  readKeys,
  showBlock,
  showDone,
  showError,
  showMessage,
  showWarning,
  waitForAnyKey,
  wrapped,
} from './prompts.ts'
import { auditRun, goOnWith, lookAtRun, runsItem } from './see-run.ts'
import { createDashboard, createMenuRun, createNews, type MenuWorld, type News } from './world.ts'

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

/**
 * The guided menu: one app stays open and fetches meanwhile, until the person leaves. Errors are printed, and the menu goes
 * on; Ctrl-C ends it, a run under way being paused.
 */
export async function runMenu(host: CommandHost, options: CommonOptions): Promise<void> {
  const { io } = host
  const config = configOf(io, options)
  const news = createNews()
  const leave = listenForCtrlC(io)
  intro('Jira TPM: tickets per minute', { output: promptOutput(io) })
  try {
    await withApp(speakingTo(io, news), config, (app) => menu(io, app, config, news), {
      background: true,
      readConfig: () => configOf(io, options),
      mayStayClosed: true,
    })
  } finally {
    leave()
  }
  if (io.signal.aborted) host.exitWith(EXIT.interrupted)
}

/** What happens by itself is reported between two questions, not in the middle of one. */
function speakingTo(io: CliIo, news: News): CliIo {
  return {
    ...io,
    stderr: news.stream,
    get columns() {
      return io.columns
    },
    get rows() {
      return io.rows
    },
  }
}

async function menu(io: CliIo, app: App, config: Config, news: News): Promise<void> {
  const { client } = app
  const ownRun = createMenuRun(client, news)
  const dashboard = createDashboard(speakingTo(io, news), app, config)
  const world: MenuWorld = { io, app, client, config, news, ownRun, dashboard }
  try {
    await open(world)
    let last: ItemName | null = 'run'
    while (last !== null && !io.signal.aborted) last = await offer(world, last)
  } finally {
    const paused = await ownRun.pause().catch((error: unknown) => error)
    ownRun.close()
    await dashboard.close()
    if (paused instanceof Error) showError(io, paused)
    outro(wrapped(io, partingText(paused)).replaceAll('\n', '\n   '), { output: promptOutput(io) })
  }
}

function partingText(paused: unknown): string {
  return paused === null || paused instanceof Error ? 'Goodbye.' : standingText(paused as RunProgress)
}

/** What cannot be opened is reported, and tried again by whatever needs it. */
async function open({ io, app, client }: MenuWorld): Promise<void> {
  showMessage(io, 'Opening …')
  try {
    await orCancelled(app.start(), io.signal, 'Interrupted.')
    showMessage(io, placeText(await client.call('session.get', {})))
  } catch (error) {
    if (!io.signal.aborted) showError(io, error)
  }
}

function placeText({ site, projectKey, store }: Session): string {
  const where = site.kind === 'sandbox' ? 'the built-in sandbox, no real Jira' : site.label
  return `Open: ${projectKey === null ? '' : `${projectKey} in `}${where}. Tickets are kept in ${store.label}.`
}

/** Asks what to do, and does it. Returns what was chosen; null where the person leaves. */
async function offer(world: MenuWorld, last: ItemName): Promise<ItemName | null> {
  const { io, news } = world
  for (const sentence of news.take()) showWarning(io, sentence)
  const items = await menuItems(world)
  const former = items.some(({ value }) => value === last) ? last : undefined
  const chosen = await choose<ItemName>(io, 'What would you like to do?', items, former)
  if (chosen === null || chosen === 'quit') return (await leaves(world)) ? null : 'quit'
  try {
    await items.find(({ value }) => value === chosen)?.work(world)
  } catch (error) {
    // After Escape there is nothing to say.
    if (!(error instanceof AppError && error.code === 'cancelled')) showError(io, error)
  }
  return chosen
}

async function leaves({ io, ownRun }: MenuWorld): Promise<boolean> {
  const run = ownRun.underWay()
  if (run === null || io.signal.aborted) return true
  const question = `Run ${run.runId} is under way: ${run.created} of ${run.planned}. Pause it and leave?`
  return (await askYes(io, question)) === true
}

type ItemName =
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

interface Item extends AnswerChoice<ItemName> {
  readonly work: (world: MenuWorld) => Promise<void>
}

/** What there is to do now: a run that is under way, or can go on, comes first. */
async function menuItems({ client }: MenuWorld): Promise<readonly Item[]> {
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
  const stopReading = readKeys(io, (key) => {
    if (['escape', 'return', 'space', 'q'].includes(key)) drawing.abort()
  })
  try {
    await showLiveChart(io, client, {
      output: 'stderr',
      signal: AbortSignal.any([io.signal, drawing.signal]),
      hint: 'Esc: menu.',
      span: async () => ({ ...(await completeSpan(client, WHOLE, machineClock.now())), bucketMinutes: 1 }),
    }).ended
  } finally {
    stopReading()
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
