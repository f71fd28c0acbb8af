import { intro, outro } from '@clack/prompts'
import type { Result } from '../../../src-shared/contract/methods.ts'
import type { RunProgress } from '../../../src-shared/contract/runs/runs.ts'
import type { Session } from '../../../src-shared/contract/tickets.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import type { App } from '../../app/app.ts'
import { DEFAULT_PORT, type Config } from '../../config/config.ts'
import { askYes, choose, type AnswerChoice } from '../cli/ask.ts'
import {
  doingOf,
  type CommandCall,
  type CommonOptions,
  type Need,
  type Options,
} from '../cli/define-command.ts'
import { orCancelled } from '../cli/interrupt.ts'
import { EXIT, willRepeatFlags, type CliIo, type CommandHost } from '../cli/io.ts'
import { workspaceFlags } from '../cli/options.ts'
import { refuseServer } from '../cli/reach.ts'
import { configOf } from '../cli/settings.ts'
import { promptOutput, terminalKind } from '../cli/terminal.ts'
import { askedSpan } from '../cli/times.ts'
import { withApp } from '../cli/with-app.ts'
import { RUN_COMMANDS } from '../run-commands.ts'
import { standingText } from '../runs/run-document.ts'
import { openDashboard, type OpenDashboard } from '../server/serve-dashboard.ts'
import { TICKET_COMMANDS } from '../ticket-commands.ts'
import { storeName } from '../tickets/tables.ts'
import { createItem } from './create-item.ts'
import { openLiveView } from './live-view.ts'
import { listenForCtrlC, show, showBlock, showError, waitForAnyKey, wrapped } from './prompts.ts'
import { auditRun, createOwnRun, goOnWith, lookAtRun, runsItem } from './see-run.ts'

/** What every item of the menu works with. */
export interface MenuWorld {
  readonly io: CliIo
  readonly client: App['client']
  readonly config: Config
  readonly ownRun: ReturnType<typeof createOwnRun>
  /** Calls a command, with the app that is open; `print`: what becomes of its result. */
  readonly call: (
    command: string,
    options?: CommonOptions & Readonly<Record<string, unknown>>,
    print?: CommandCall['print'],
  ) => Promise<void>
  readonly dashboard: ReturnType<typeof createDashboard>
}

interface Item extends Omit<AnswerChoice<string>, 'value'> {
  readonly work: (world: MenuWorld) => Promise<void>
}

const QUIT = 'quit'
const ITEMS: Readonly<Record<string, Item>> = {
  create: { label: 'Create tickets', hint: 'as they arrive in a real hour', work: createItem },
  fetch: {
    label: 'Fetch tickets',
    hint: 'what is new in Jira, now',
    work: ({ call }) => call('fetch-tickets'),
  },
  plot: { label: 'Plot', hint: 'tickets a minute, here in the terminal', work: plotItem },
  dashboard: { label: 'Dashboard', hint: 'in the browser', work: dashboardItem },
  audit: { label: 'Audit the last run', hint: 'was anything lost?', work: (world) => auditRun(world) },
  runs: { label: 'Runs', hint: 'list, resume, pause, stop, clean up', work: runsItem },
  'create-table': { label: 'Create table', hint: 'after it was dropped', work: createTable },
  'drop-table': { label: 'Drop table', hint: 'the fetched tickets; asks first', work: dropTable },
  [QUIT]: { label: 'Quit', work: async () => {} },
}
const COMMANDS = [...RUN_COMMANDS, ...TICKET_COMMANDS]

/**
 * The guided menu: one app stays open and fetches meanwhile, until the person leaves. Errors are printed, and the menu goes
 * on; Ctrl-C ends it, a run under way being paused.
 */
export async function runMenu(host: CommandHost, options: CommonOptions): Promise<void> {
  const io = onStderr(host.io)
  willRepeatFlags(io, (hint) => workspaceFlags(options, hint))
  const readConfig = (): Config => configOf(io, options)
  const config = readConfig()
  await refuseServer(config)
  const leave = listenForCtrlC(io)
  intro('Jira TPM: tickets per minute', { output: promptOutput(io) })
  try {
    const opening = { background: true, readConfig, mayStayClosed: true }
    await withApp(io, config, (app) => menu(io, app, config), opening)
  } finally {
    leave()
  }
  if (io.signal.aborted) host.exitWith(EXIT.interrupted)
}

/** Results go where the questions are, a column narrower than the terminal: some wrap at the last. */
function onStderr(io: CliIo): CliIo {
  return {
    ...io,
    stdout: io.stderr,
    stdoutIsTTY: io.isTTY,
    colour: io.isTTY && !io.env['NO_COLOR'],
    get columns() {
      return io.columns - 1
    },
    get rows() {
      return io.rows
    },
  }
}

async function menu(io: CliIo, app: App, config: Config): Promise<void> {
  const { client } = app
  const ownRun = createOwnRun(io, client)
  const dashboard = createDashboard(io, app, config)
  const call = commandCaller(io, app, config)
  const world: MenuWorld = { io, client, config, ownRun, call, dashboard }
  try {
    await openPlace(world, app)
    let last: string | null = 'run'
    while (last !== null && !io.signal.aborted) last = await offer(world, last)
  } finally {
    const paused = await ownRun.leave().catch((error: unknown) => showError(io, error))
    await dashboard.close()
    const parting = paused ? standingText(paused) : 'Goodbye.'
    outro(wrapped(io, parting).replaceAll('\n', '\n   '), { output: promptOutput(io) })
  }
}

/** What cannot be opened is reported, and tried again by whatever needs it. */
async function openPlace({ io, client }: MenuWorld, app: App): Promise<void> {
  show(io, 'message', 'Opening …')
  try {
    await orCancelled(app.start(), io.signal, 'Interrupted.')
    show(io, 'message', placeText(await client.call('session.get', {})))
  } catch (error) {
    if (!io.signal.aborted) showError(io, error)
  }
}

function placeText({ site, projectKey, store }: Session): string {
  const where = site.kind === 'sandbox' ? 'the built-in sandbox, no real Jira' : site.label
  return `Open: ${projectKey === null ? '' : `${projectKey} in `}${where}. Tickets are kept in ${store.label}.`
}

/** Asks what to do, and does it. Returns what was chosen; null where the person leaves. */
async function offer(world: MenuWorld, last: string): Promise<string | null> {
  const { io } = world
  const items = await menuItems(world)
  const choices = Object.entries(items).map(([value, item]) => ({ value, ...item }))
  const former = last in items ? last : undefined
  const chosen = await choose(io, 'What would you like to do?', choices, former)
  if (chosen === null || chosen === QUIT) return (await leaves(world)) ? null : QUIT
  try {
    await items[chosen]?.work(world)
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

/** What there is to do now: a run that is under way, or can go on, comes first. */
async function menuItems({ client }: MenuWorld): Promise<Readonly<Record<string, Item>>> {
  // Where nothing is open, whatever is chosen says why.
  const run = await client.call('runs.current', {}).catch(() => null)
  const first = run === null ? null : runItem(run)
  return first === null ? ITEMS : { run: first, ...ITEMS }
}

function runItem(run: RunProgress): Item | null {
  const { runId, state, created, planned } = run
  const hint = `${created} of ${planned}, ${state}`
  if (state === 'running')
    return { label: `Look at run ${runId}`, hint, work: (world) => lookAtRun(world, run) }
  if (state !== 'paused' && state !== 'broken') return null
  return { label: `Resume run ${runId}`, hint, work: (world) => goOnWith(world, run) }
}

function commandCaller(io: CliIo, app: App, config: Config): MenuWorld['call'] {
  return async (name, options = {}, print = (_document, text) => show(io, 'success', text)) => {
    const command = COMMANDS.find((each) => each.name === name)
    if (command === undefined || !('needs' in command)) throw new Error(`there is no command ${name}`)
    const run = await doingOf(command, options).run()
    await run({
      io,
      options,
      config: () => config,
      open: (_config: Config, work: (app: App) => unknown) => work(app),
      print,
      exitWith() {},
    } satisfies CommandCall<Need, Options>)
  }
}

/** The hour as a chart in the terminal, as it is or as it goes on. */
async function plotItem({ io, client, call }: MenuWorld): Promise<void> {
  const chosen = terminalKind(io).plain
    ? 'hour'
    : await choose(io, 'Which chart?', [
        { value: 'hour', label: 'The last hour', hint: 'as it is now; or the last run, if that was longer' },
        { value: 'live', label: 'Live', hint: 'goes on until a key is pressed' },
      ])
  if (chosen === 'hour') {
    await call('counts', {}, (_document, text) => showBlock(io, text))
    return waitForAnyKey(io)
  }
  if (chosen === null) return
  const span = await askedSpan({}, 'UTC')
  const view = openLiveView(io, client, {
    keys: ['escape', 'return', 'space', 'q'],
    hint: 'Esc: menu.',
    span: () => span(client),
  })
  try {
    await view.ended
  } finally {
    await view.close()
  }
}

async function dashboardItem({ io, dashboard }: MenuWorld): Promise<void> {
  const link = await dashboard.link()
  const text = `The dashboard: ${link}\nThe link works once, within 15 minutes; after that there is another one here. It is served until you quit.`
  show(io, 'message', text)
}

function createTable({ io, call }: MenuWorld): Promise<void> {
  return call('create-table', {}, (document, text) => {
    const { created } = document as Result<'data.createTables'>
    show(io, 'success', created ? `${text} They fill again from Jira.` : text)
  })
}

async function dropTable({ io, client, config, call }: MenuWorld): Promise<void> {
  const { insteadOf } = await client.call('store.status', {})
  const where =
    insteadOf === null ? storeName(config.store) : `the file that stands in for ${insteadOf.label}`
  const question = `Drop the fetched tickets and their counts in ${where}? They can be fetched again.`
  if (!(await askYes(io, question))) return show(io, 'message', 'Nothing was dropped.')
  await call('drop-table', { yes: true }, (document, text) => {
    const { dropped } = document as Result<'data.dropTables'>
    show(io, 'success', dropped ? `${text} Create table makes them anew.` : text)
  })
}

/** The dashboard for a browser, served from when it is first wanted until the menu is left. */
function createDashboard(io: CliIo, app: App, { dataDir }: Config) {
  let opened: OpenDashboard | null = null
  const serve = (port: number): Promise<OpenDashboard> => openDashboard(io, app, { dataDir, port })
  return {
    /** A link that opens it once, another one each time. Throws as `openDashboard` and `OpenDashboard.link`. */
    async link(): Promise<string> {
      opened ??= await serve(DEFAULT_PORT).catch((error: unknown) => {
        // Another workspace's, or any other program: a person at a menu shall not have to choose a port.
        if (!(error instanceof AppError) || error.code !== 'port-in-use') throw error
        return serve(0)
      })
      return opened.link()
    },
    close: async () => opened?.close(),
  }
}
