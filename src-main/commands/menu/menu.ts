import { intro, outro } from '@clack/prompts'
import type { RunProgress } from '../../../src-shared/contract/runs.ts'
import type { Session } from '../../../src-shared/contract/tickets.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import type { App } from '../../app/app.ts'
import type { Config } from '../../config/config.ts'
import { configOf, type CommonOptions } from '../cli/options.ts'
import { orCancelled } from '../cli/interrupt.ts'
import { EXIT, type CliIo, type CommandHost } from '../cli/io.ts'
import { promptOutput } from '../cli/terminal.ts'
import { standingText } from '../runs/run-document.ts'
import { withApp } from '../cli/with-app.ts'
import { menuItems, type ItemName } from './items.ts'
import { askYes, choose } from '../cli/ask.ts'
import { listenForCtrlC, showMessage, showError, showWarning, wrapped } from './prompts.ts'
import { createDashboard, createNews, createMenuRun, type MenuWorld, type News } from './world.ts'

/**
 * The guided menu: one app stays open and fetches meanwhile, until the person leaves. Errors are told, and the menu goes
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

/** What happens by itself is told between two questions, not in the middle of one. */
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

/** What cannot be opened is told; it is tried again by whatever needs it. */
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
    // After Escape there is nothing to tell.
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
