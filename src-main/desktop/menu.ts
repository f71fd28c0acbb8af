import { isDeepStrictEqual } from 'node:util'
import { app, BrowserWindow, Menu, nativeTheme, shell } from 'electron'
import type { Client } from '../../src-shared/contract/client.ts'
import type { TeamServers } from '../../src-shared/contract/desktop.ts'
import type { EventPayload } from '../../src-shared/contract/events.ts'
import { EVENT_CHANNEL } from '../../src-shared/contract/preload-api.ts'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import type { StoreStatus } from '../../src-shared/contract/store.ts'
import { allows, type Scope } from '../../src-shared/contract/schema.ts'
import { SAVED_VIEW_ITEMS, type SavedViews } from '../../src-shared/contract/views.ts'
import { droppedFrom } from '../../src-shared/domain/text/sentences.ts'
import type { Log } from '../runtime/log.ts'
import {
  isOffered,
  menuTemplate,
  CORE_ITEMS,
  accessOf,
  possibleRunItems,
  RUN_ITEMS,
  type CoreAccess,
} from './menu-template.ts'
import { confirm, inform, showFailure } from './message-boxes.ts'
import { transferActions, type TransferTargets } from './transfer-actions.ts'
import type { Updates } from './updates/updates.ts'

/** Every item of ours, by the id under which tests and the menu's upkeep find it. */
export type MenuCommand = keyof ReturnType<typeof menuActions>

interface MenuTargets {
  readonly call: Client['call']
  readonly transfer: TransferTargets['transfer']
  readonly logFolder: string
  /** Null where this build is not exchanged by itself. */
  readonly updates: Pick<Updates, 'check'> | null
  /** IANA name of the zone in which times are shown. */
  readonly zone: string
}

/**
 * Sets the application's menu, and gives what sets it again with the names of the saved views. A choice that fails is shown
 * in a box, and logged where it is a bug of ours.
 */
export function setUpMenu(targets: MenuTargets, log: Log): SetViews {
  const actions = menuActions(targets)
  const choose = async (command: MenuCommand): Promise<void> => {
    try {
      await actions[command]()
    } catch (error) {
      log.warn({ err: error, command }, 'a menu item failed')
      await showFailure(error)
    }
  }
  const setViews: SetViews = (views) => {
    const template = menuTemplate({
      platform: process.platform,
      theme: nativeTheme.themeSource,
      developer: !app.isPackaged,
      updates: targets.updates !== null,
      views,
      choose: (command) => void choose(command),
    })
    Menu.setApplicationMenu(Menu.buildFromTemplate(template))
  }
  setViews([])
  return setViews
}

type SetViews = (names: readonly string[]) => void

/** Enables what can be done with the run and the store as they are, now and whenever they or the Jira change. */
export function followCoreInMenu({ client, servers, setViews }: FollowedCore): void {
  const showRun = (run: RunProgress | null): void => showRunState(run, accessOf(servers()).scope)
  const lookAtRun = (): void => {
    // Where nothing could be opened, or the store is away, the window says so, and no run can be worked on.
    client.call('runs.current', {}).then(showRun, disableRuns)
  }
  const showStoreState = (status: StoreStatus): void => showStore(status, accessOf(servers()).scope)
  const lookAtStore = (): void => {
    client.call('store.status', {}).then(showStoreState, () => {}) // the next change updates it
  }
  const lookAtAll = (): void => {
    showAccess(accessOf(servers()))
    lookAtRun()
    lookAtStore()
  }
  let names: readonly string[] = []
  const showViews = ({ views }: SavedViews): void => {
    const next = views.slice(0, SAVED_VIEW_ITEMS.length).map(({ name }) => name)
    if (isDeepStrictEqual(next, names)) return
    names = next
    setViews(names)
    // A new menu knows nothing of them.
    lookAtAll()
  }
  const lookAtViews = (): void => {
    client.call('views.list', {}).then(showViews, () => {}) // the next change brings them
  }
  client.on('views.changed', showViews)
  client.on('run.changed', showRun)
  client.on('session.changed', () => {
    lookAtRun()
    lookAtViews()
  })
  client.on('servers.changed', ({ state }) => {
    lookAtAll()
    if (state === 'connected') lookAtViews()
  })
  client.on('store.changed', (status) => {
    showStoreState(status)
    lookAtRun()
  })
  lookAtAll()
  lookAtViews()
}

interface FollowedCore {
  readonly client: Client
  readonly servers: () => TeamServers
  readonly setViews: SetViews
}

/** What does not depend on anything but where the window works, and what it may do there. */
function showAccess(access: CoreAccess): void {
  for (const item of CORE_ITEMS) enable(item, isOffered(item, access))
}

function showStore({ canFallBack, insteadOf }: StoreStatus, scope: Scope): void {
  const may = allows(scope, 'admin')
  enable('store-fallback', may && canFallBack)
  enable('store-primary', may && insteadOf?.reachable === true)
}

function disableRuns(): void {
  for (const item of RUN_ITEMS) enable(item, false)
}

function showRunState(run: RunProgress | null, scope: Scope): void {
  const possible = possibleRunItems(run, scope)
  for (const item of RUN_ITEMS) enable(item, possible.has(item))
}

function enable(command: MenuCommand, enabled: boolean): void {
  const item = Menu.getApplicationMenu()?.getMenuItemById(command)
  if (item) item.enabled = enabled
}

/** What each item does. Promises among the results reject with what the core answered. */
function menuActions(targets: MenuTargets) {
  return {
    ...ticketActions(targets),
    ...dataActions(targets),
    ...windowActions,
    ...savedViewActions,
    ...helpActions(targets),
  }
}

function ticketActions({ call }: MenuTargets) {
  return {
    'run-start': () => pass('run-start'),
    'run-pause': () => call('runs.pause', {}),
    'run-resume': () => pass('run-resume'),
    'run-stop': () => pass('run-stop'),
    'run-audit': () => pass('run-audit'),
    'run-clean-up': () => pass('run-clean-up'),
    runs: () => pass('runs'),
    'fetch-now': () => call('sync.now', {}),
  }
}

function dataActions({ call, transfer, zone }: MenuTargets) {
  const times = new Intl.DateTimeFormat(undefined, {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: zone,
  })
  const period: TransferTargets['period'] = ({ firstMs, lastMs }) => times.formatRange(firstMs, lastMs)
  return {
    ...transferActions({ transfer, zone, period }),
    'data-load-sample': async () => {
      const { loaded, fromMs, toMs } = await call('data.loadSample', {})
      await inform('The sample hour is stored.', `${loaded} tickets, ${times.formatRange(fromMs, toMs)}.`)
    },
    'data-create-tables': async () => {
      const { created } = await call('data.createTables', {})
      if (created) await inform('The tables were created.', 'The next fetch fills them from Jira.')
      else await inform('The tables are there already.', 'Nothing was changed.')
    },
    'data-drop-tables': async () => {
      const where = droppedFrom(await call('store.status', {}))
      const sure = await confirm(
        'Drop tables',
        'Drop the tables of fetched tickets?',
        `The fetched tickets and their counts are deleted ${where}. Nothing in Jira changes, and runs are kept.`,
      )
      if (!sure) return
      const { dropped } = await call('data.dropTables', { confirm: true })
      if (dropped) await inform('The tables were dropped.', 'Data, Create tables makes them anew.')
      else await inform('There were no tables to drop.', 'Nothing was changed.')
    },
    'store-fallback': () => call('store.useFallback', {}),
    'store-primary': () => call('store.usePrimary', {}),
  }
}

const windowActions = {
  'view-bar': () => pass('view-bar'),
  'view-histogram': () => pass('view-histogram'),
  'view-distribution': () => pass('view-distribution'),
  'view-heat': () => pass('view-heat'),
  tv: () => pass('tv'),
  'span-previous': () => pass('span-previous'),
  'span-next': () => pass('span-next'),
  'span-now': () => pass('span-now'),
  keys: () => pass('keys'),
  settings: () => pass('settings'),
  servers: () => pass('servers'),
  'theme-system': () => (nativeTheme.themeSource = 'system'),
  'theme-light': () => (nativeTheme.themeSource = 'light'),
  'theme-dark': () => (nativeTheme.themeSource = 'dark'),
}

const savedViewActions = Object.fromEntries(SAVED_VIEW_ITEMS.map((id) => [id, () => pass(id)])) as Record<
  (typeof SAVED_VIEW_ITEMS)[number],
  () => void
>

function helpActions({ logFolder, updates }: MenuTargets) {
  return {
    'check-updates': () => updates?.check(),
    'open-logs': async () => {
      const trouble = await shell.openPath(logFolder)
      if (trouble !== '')
        await inform('The log folder could not be opened.', `It is ${logFolder} (${trouble}).`)
    },
    about: () => app.showAboutPanel(),
  }
}

/** Gives a choice that concerns the window to the window. */
function pass(command: EventPayload<'menu.chosen'>['command']): void {
  const payload: EventPayload<'menu.chosen'> = { command }
  for (const window of BrowserWindow.getAllWindows()) {
    // A question would be asked behind whatever hides it.
    if (window.isMinimized()) window.restore()
    window.webContents.send(EVENT_CHANNEL, 'menu.chosen', payload)
  }
}
