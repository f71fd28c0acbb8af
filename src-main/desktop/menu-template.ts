import type { MenuItemConstructorOptions } from 'electron'
import type { TeamServers } from '../../src-shared/contract/desktop.ts'
import { allows, type Scope } from '../../src-shared/contract/schema.ts'
import { SAVED_VIEW_ITEMS } from '../../src-shared/contract/views.ts'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { waitsForStore } from '../../src-shared/domain/run/run-reason.ts'
import type { MenuCommand } from './menu.ts'
import type { Theme } from './window/window-state.ts'

interface MenuOptions {
  readonly platform: NodeJS.Platform
  readonly theme: Theme
  /** Whether the developer tools are offered. */
  readonly developer: boolean
  /** Whether this build may look for a newer one. */
  readonly updates: boolean
  /** Names of the saved views. */
  readonly views: readonly string[]
  readonly choose: (command: MenuCommand) => void
}

type Item = MenuItemConstructorOptions

type MakeItem = (id: MenuCommand, label: string, accelerator?: string) => Item

/** The menu's items that depend on the last run. */
export const RUN_ITEMS = [
  'run-start',
  'run-pause',
  'run-resume',
  'run-stop',
  'run-audit',
  'run-clean-up',
  'runs',
] as const

/** Those that depend on nothing but where the window works, with what they take. */
const CORE_SCOPES = {
  'fetch-now': 'run',
  'data-load-sample': 'admin',
  'data-create-tables': 'admin',
  'data-drop-tables': 'admin',
  // They are about files of this machine and its own store.
  'data-import': 'here',
  'data-export': 'here',
} as const satisfies Partial<Record<MenuCommand, Scope | 'here'>>

export const CORE_ITEMS = Object.keys(CORE_SCOPES) as (keyof typeof CORE_SCOPES)[]

/** Where a window works, and what it may do there. */
export interface CoreAccess {
  readonly isHere: boolean
  readonly scope: Scope
}

export function accessOf({
  current,
  servers,
  state,
}: Pick<TeamServers, 'current' | 'servers' | 'state'>): CoreAccess {
  const held = servers.find(({ url }) => url === current)?.scope ?? 'admin'
  // What is known of a server that is out of reach can be looked at.
  const scope = current === null || state === 'connected' ? held : 'read'
  return { isHere: current === null, scope }
}

export function isOffered(item: keyof typeof CORE_SCOPES, { isHere, scope }: CoreAccess): boolean {
  const needed = CORE_SCOPES[item]
  return needed === 'here' ? isHere : allows(scope, needed)
}

/** The application's menu. Accelerators all have a modifier: single keys are the window's own (1 2 3, arrows, N R F T). */
export function menuTemplate({ platform, theme, developer, updates, views, choose }: MenuOptions): Item[] {
  const item: MakeItem = (id, label, accelerator) => ({
    id,
    label,
    click: () => choose(id),
    ...(accelerator === undefined ? {} : { accelerator }),
  })
  const mac = platform === 'darwin'
  return [
    mac
      ? appMenu(item)
      : {
          label: 'File',
          submenu: [...placeItems(item), { type: 'separator' }, { role: 'quit' }],
        },
    { label: 'Tickets', submenu: ticketItems(item) },
    { label: 'Data', submenu: dataItems(item) },
    { role: 'editMenu' },
    { label: 'View', submenu: viewItems(item, { theme, developer, views }) },
    ...(mac ? [{ role: 'windowMenu' } as const] : []),
    { role: 'help', label: 'Help', submenu: helpItems(item, updates) },
  ]
}

function placeItems(item: MakeItem): Item[] {
  return [item('settings', 'Settings…', 'CmdOrCtrl+,'), item('servers', 'Connect to a team server…')]
}

/** As macOS has it, with the settings where they are looked for there. */
function appMenu(item: MakeItem): Item {
  return {
    role: 'appMenu',
    submenu: [
      { role: 'about' },
      { type: 'separator' },
      ...placeItems(item),
      { type: 'separator' },
      { role: 'services' },
      { type: 'separator' },
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      { type: 'separator' },
      { role: 'quit' },
    ],
  }
}

function ticketItems(item: MakeItem): Item[] {
  return [
    // What can be done with a run is known once the core is open.
    ...[
      item('run-start', 'Start run…', 'CmdOrCtrl+Shift+R'),
      item('run-pause', 'Pause run', 'CmdOrCtrl+Shift+P'),
      item('run-resume', 'Resume run', 'CmdOrCtrl+Shift+U'),
      item('run-stop', 'Stop run…', 'CmdOrCtrl+.'),
      { type: 'separator' } as const,
      item('run-audit', 'Audit the last run', 'CmdOrCtrl+Shift+A'),
      item('run-clean-up', 'Clean up the last run…'),
      item('runs', 'Runs', 'CmdOrCtrl+Shift+H'),
    ].map((runItem) => ({ ...runItem, enabled: false })),
    { type: 'separator' },
    item('fetch-now', 'Fetch now', 'CmdOrCtrl+Shift+F'),
  ]
}

function dataItems(item: MakeItem): Item[] {
  return [
    item('data-import', 'Import…'),
    item('data-export', 'Export…'),
    item('data-load-sample', 'Load the sample hour'),
    { type: 'separator' },
    item('data-create-tables', 'Create tables'),
    item('data-drop-tables', 'Drop tables…'),
    { type: 'separator' },
    // Where a store is out of reach is known once the core is open.
    ...[
      item('store-fallback', 'Go on with this computer’s file'),
      item('store-primary', 'Go back to the store that is set'),
    ].map((storeItem) => ({ ...storeItem, enabled: false })),
  ]
}

function viewItems(
  item: MakeItem,
  { theme, developer, views }: Pick<MenuOptions, 'theme' | 'developer' | 'views'>,
): Item[] {
  return [
    item('view-bar', 'Bar'),
    item('view-histogram', 'Histogram'),
    item('view-distribution', 'Distribution'),
    item('view-heat', 'Heat'),
    item('tv', 'TV view'),
    { type: 'separator' },
    { label: 'Saved views', submenu: savedViewItems(item, views) },
    { type: 'separator' },
    item('span-previous', 'Previous span', 'CmdOrCtrl+['),
    item('span-next', 'Next span', 'CmdOrCtrl+]'),
    item('span-now', 'Now', 'CmdOrCtrl+Shift+N'),
    { type: 'separator' },
    { label: 'Theme', submenu: themeItems(item, theme) },
    { role: 'zoomIn' },
    { role: 'zoomOut' },
    { role: 'resetZoom' },
    { role: 'togglefullscreen' },
    { type: 'separator' },
    { role: 'reload' },
    ...(developer ? [{ role: 'toggleDevTools' } as const] : []),
  ]
}

/** The first nine, by their keys. */
function savedViewItems(item: MakeItem, names: readonly string[]): Item[] {
  if (names.length === 0) return [{ label: 'None is saved yet', enabled: false }]
  return SAVED_VIEW_ITEMS.flatMap((id, at) => {
    // A single & names the key that chooses an item.
    const label = names[at]?.replaceAll('&', '&&')
    return label === undefined ? [] : [item(id, label, `CmdOrCtrl+${at + 1}`)]
  })
}

function themeItems(item: MakeItem, theme: Theme): Item[] {
  const labels = { system: 'As the system', light: 'Light', dark: 'Dark' } as const
  return (['system', 'light', 'dark'] as const).map((name) => ({
    ...item(`theme-${name}`, labels[name]),
    type: 'radio',
    checked: name === theme,
  }))
}

function helpItems(item: MakeItem, updates: boolean): Item[] {
  return [
    item('keys', 'Keys', 'F1'),
    item('open-logs', 'Open log folder'),
    ...(updates ? [item('check-updates', 'Check for updates…')] : []),
    { type: 'separator' },
    item('about', 'About Jira TPM'),
  ]
}

type RunItem = (typeof RUN_ITEMS)[number]

/** Which of them can be chosen with the last run as it is; null before the first. */
export function possibleRunItems(run: RunProgress | null, scope: Scope): ReadonlySet<RunItem> {
  const items: readonly RunItem[] = ['runs', ...(run === null ? (['run-start'] as const) : itemsOf(run))]
  return new Set(
    allows(scope, 'run') ? items : items.filter((item) => item === 'runs' || item === 'run-audit'),
  )
}

function itemsOf(run: RunProgress): readonly RunItem[] {
  const { state, created, removed, unknown } = run
  const cleanUp = created > removed ? (['run-clean-up'] as const) : []
  switch (state) {
    case 'running':
      return ['run-pause', 'run-stop', 'run-audit']
    case 'paused':
      // One that waits for its store goes on by itself; a person can hold it, or end it.
      return [waitsForStore(run) ? 'run-pause' : 'run-resume', 'run-stop', 'run-audit']
    case 'broken':
      return ['run-start', 'run-resume', 'run-stop', 'run-audit', ...cleanUp]
    default: // done, stopped
      // The person decides about unknown slots.
      return ['run-start', ...(unknown > 0 ? (['run-resume'] as const) : []), 'run-audit', ...cleanUp]
  }
}
