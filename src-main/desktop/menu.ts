import { app, Menu, nativeTheme } from 'electron'
import type { Client } from '../../src-shared/contract/client.ts'
import type { RunProgress } from '../../src-shared/contract/runs.ts'
import type { StoreStatus } from '../../src-shared/contract/store.ts'
import type { Log } from '../runtime/log.ts'
import { menuActions, type MenuTargets } from './menu-actions.ts'
import { menuTemplate, possibleRunItems, RUN_ITEMS, type MenuCommand } from './menu-template.ts'
import { showFailure } from './message-boxes.ts'

/** Sets the application's menu. A choice that fails is shown in a box, and logged where it is a bug of ours. */
export function setUpMenu(targets: MenuTargets, log: Log): void {
  const actions = menuActions(targets)
  const choose = async (command: MenuCommand): Promise<void> => {
    try {
      await actions[command]()
    } catch (error) {
      log.warn({ err: error, command }, 'a menu item failed')
      await showFailure(error)
    }
  }
  const template = menuTemplate({
    platform: process.platform,
    theme: nativeTheme.themeSource,
    developer: !app.isPackaged,
    updates: targets.updates !== null,
    choose: (command) => void choose(command),
  })
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}

/** Enables what can be done with the run and the store as they are, now and whenever they or the Jira change. */
export function followCoreInMenu(client: Client): void {
  const lookAtRun = (): void => {
    // Where nothing could be opened, or the store is away, the window says so, and no run can be worked on.
    client.call('runs.current', {}).then(showRunState, disableRuns)
  }
  client.on('run.changed', showRunState)
  client.on('session.changed', lookAtRun)
  client.on('store.changed', (status) => {
    showStore(status)
    lookAtRun()
  })
  lookAtRun()
  client.call('store.status', {}).then(showStore, () => {}) // the next change updates it
}

function showStore({ canFallBack, insteadOf }: StoreStatus): void {
  enable('store-fallback', canFallBack)
  enable('store-primary', insteadOf?.reachable === true)
}

function disableRuns(): void {
  for (const item of RUN_ITEMS) enable(item, false)
}

function showRunState(run: RunProgress | null): void {
  const possible = possibleRunItems(run)
  for (const item of RUN_ITEMS) enable(item, possible.has(item))
}

function enable(command: MenuCommand, enabled: boolean): void {
  const item = Menu.getApplicationMenu()?.getMenuItemById(command)
  if (item) item.enabled = enabled
}
