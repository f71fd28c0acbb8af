import { allows, type Scope } from '../../src-shared/contract/schema.ts'
import { isEverything } from '../../src-shared/domain/ticket-filter.ts'
import { waitsForStore } from '../../src-shared/domain/run/run-reason.ts'
import { stepBack, zoomAround } from '../chart/brush/zoom.ts'
import type { DashboardState } from '../live/dashboard-state.ts'
import { openView, viewKey } from '../views/saved-view.ts'
import { standingOf } from '../runs/run-text.ts'
import { VIEWS, type View } from '../settings/preferences.ts'
import {
  focusOn,
  LISTED_TICKET_ID,
  openRunForm,
  openRunsPage,
  openTv,
  RUN_CHOICE_ID,
  TICKET_SEARCH_ID,
  type ViewState,
  type Workbench,
} from './workbench.ts'

export type CommandId =
  | `view-${View}`
  | 'table'
  | 'tv'
  | 'span-previous'
  | 'span-next'
  | 'span-now'
  | 'zoom-in'
  | 'zoom-out'
  | 'step-back'
  | 'tickets'
  | 'tickets-search'
  | 'compare'
  | 'mark'
  | 'filter-clear'
  | 'run-start'
  | 'run-pause'
  | 'run-resume'
  | 'run-stop'
  | 'run-audit'
  | 'run-clean-up'
  | 'runs'
  | 'fetch'
  | 'sample'
  | 'tables-create'
  | 'tables-drop'
  | 'store-fall-back'
  | 'store-go-back'
  | 'theme-toggle'
  | 'theme-system'
  | 'settings'
  | 'servers'
  | 'keys'
  | 'commands'
  | 'share'
  | 'alerts'
  | 'views'
  | `saved-view-${number}`

/** Something that can be done with the window: from a key, the command list or the desktop's menu. */
export interface Command {
  readonly id: CommandId
  readonly title: string
  readonly group: 'View' | 'Span' | 'Tickets' | 'Data' | 'Window'
  /** What one must be allowed to do. The settings may be looked at: how the window looks is in them, too. */
  readonly scope: Scope
  readonly keys?: string
  /** Whether it makes sense now. */
  readonly enabled: boolean
  readonly run: () => void
}

type Row = Omit<Command, 'group' | 'scope' | 'enabled'> & { readonly enabled?: boolean }

type ShownView = Pick<ViewState, 'view' | 'asTable' | 'zoomedFrom'>

/**
 * All commands, in the order in which they are listed. `isDark` is how the window looks now. Those that concern the
 * dashboard lead back to it, and make no sense where there is none.
 */
export function commandsFor(
  workbench: Workbench,
  state: Pick<
    DashboardState,
    'run' | 'following' | 'filter' | 'savedViews' | 'session' | 'startFailure' | 'storeStatus'
  >,
  shown: ShownView,
  isDark: boolean,
): Command[] {
  const hasDashboard = state.session !== null || state.startFailure === null
  const ofDashboard = [
    ...viewCommands(workbench, shown),
    ...spanCommands(workbench, state, shown),
    ...savedViewCommands(workbench, state),
    ...listCommands(workbench, state),
    ...runCommands(workbench, state),
    ...dataCommands(workbench, state),
  ].map((command) => ({
    ...command,
    run: () => {
      workbench.view.put({ page: 'dashboard' })
      command.run()
    },
  }))
  const needingDashboard = [...ofDashboard, ...runsPageCommands(workbench, state)].map((command) => ({
    ...command,
    enabled: command.enabled && hasDashboard,
  }))
  return [...needingDashboard, ...storeCommands(workbench, state), ...windowCommands(workbench, isDark)]
}

function commandsOf(group: Command['group'], scope: Scope, rows: readonly Row[]): Command[] {
  return rows.map((row) => ({ group, scope, enabled: true, ...row }))
}

function viewCommands({ view }: Workbench, { asTable, view: drawn }: ShownView): Command[] {
  const put = (part: Partial<ViewState>): void => view.put({ cursor: null, ...part })
  return commandsOf('View', 'read', [
    ...VIEWS.map((name, i): Row => ({
      id: `view-${name}`,
      title: `Show as ${name}`,
      keys: String(i + 1),
      run: () => put({ view: name }),
    })),
    {
      id: 'table',
      title: asTable ? 'Show the chart' : 'Show a table instead of the chart',
      keys: 'T',
      // The heat view is one.
      enabled: drawn !== 'heat',
      run: () => put({ asTable: !view.get().asTable }),
    },
    { id: 'tv', title: 'TV view, for a screen on the wall', keys: 'W', run: () => openTv(view) },
  ])
}

function spanCommands(
  workbench: Workbench,
  { following }: Pick<DashboardState, 'following'>,
  { zoomedFrom }: ShownView,
): Command[] {
  const { dashboard, view } = workbench
  const zoom = (direction: 'in' | 'out') => () => {
    const { opened } = dashboard.store.get()
    zoomAround(workbench, opened && { span: opened, bars: 1 }, direction)
  }
  return [
    ...commandsOf('Span', 'read', [
      { id: 'span-previous', title: 'Previous span', keys: '[', run: () => dashboard.stepSpan(-1) },
      { id: 'span-next', title: 'Next span', keys: ']', run: () => dashboard.stepSpan(1) },
      { id: 'span-now', title: 'Now', keys: 'N', enabled: !following, run: () => dashboard.followNow() },
      { id: 'zoom-in', title: 'Zoom in', keys: '+', run: zoom('in') },
      { id: 'zoom-out', title: 'Zoom out', keys: '-', run: zoom('out') },
      {
        id: 'step-back',
        title: 'Back from the zoom',
        keys: 'Backspace',
        enabled: zoomedFrom.length > 0,
        run: () => void stepBack(workbench),
      },
      { id: 'compare', title: 'Compare with…', keys: 'C', run: () => view.put({ tool: 'compare' }) },
    ]),
    ...commandsOf('Span', 'run', [
      { id: 'mark', title: 'Mark this time…', keys: 'A', run: () => view.put({ marking: true }) },
    ]),
  ]
}

function savedViewCommands(
  { view }: Workbench,
  { savedViews }: Pick<DashboardState, 'savedViews'>,
): Command[] {
  return commandsOf('View', 'read', [
    ...(savedViews ?? []).map((saved, at): Row => ({
      id: `saved-view-${at + 1}`,
      title: saved.name,
      run: () => openView(saved),
      ...viewKey(at),
    })),
    { id: 'alerts', title: 'Alerts…', run: () => view.put({ tool: 'alerts' }) },
    { id: 'views', title: 'Saved views…', run: () => view.put({ tool: 'views' }) },
    { id: 'share', title: 'Share…', run: () => view.put({ tool: 'share' }) },
  ])
}

function listCommands({ dashboard, view }: Workbench, { filter }: Pick<DashboardState, 'filter'>): Command[] {
  const show = (id: string) => () => {
    view.put({ panel: 'tickets' })
    focusOn(id)
  }
  return commandsOf('Tickets', 'read', [
    { id: 'tickets', title: 'Go to the list of tickets', keys: 'J', run: show(LISTED_TICKET_ID) },
    { id: 'tickets-search', title: 'Search the tickets listed', keys: '/', run: show(TICKET_SEARCH_ID) },
    {
      id: 'filter-clear',
      title: 'Show all tickets: no filter',
      enabled: !isEverything(filter),
      run: () => dashboard.showFields({ filter: {} }),
    },
  ])
}

function runCommands({ orders, view }: Workbench, { run }: Pick<DashboardState, 'run'>): Command[] {
  const { isUnderWay, inDoubt, stands, mustChoose } = standingOf(run)
  const canPause = run !== null && (run.state === 'running' || waitsForStore(run))
  const canStop = isUnderWay || run?.state === 'broken'
  return commandsOf('Tickets', 'run', [
    { id: 'run-start', title: 'Start a run…', keys: 'R', enabled: !isUnderWay, run: () => openRunForm(view) },
    { id: 'run-pause', title: 'Pause the run', enabled: canPause, run: orders.pauseRun },
    {
      id: 'run-resume',
      title: inDoubt ? 'Decide about the unknown tickets…' : `Resume the run${mustChoose ? '…' : ''}`,
      enabled: stands || inDoubt,
      run: () => {
        if (!mustChoose) return orders.resumeRun()
        view.put({ panel: 'rehearse', runForm: false })
        focusOn(RUN_CHOICE_ID)
      },
    },
    { id: 'run-stop', title: 'Stop the run…', enabled: canStop, run: () => view.put({ dialog: 'stop-run' }) },
    { id: 'fetch', title: 'Fetch now', keys: 'F', run: orders.fetchNow },
  ])
}

/** They lead to a page of its own, away from the dashboard. */
function runsPageCommands({ view }: Workbench, { run }: Pick<DashboardState, 'run'>): Command[] {
  const runId = run?.runId ?? null
  return [
    ...commandsOf('Tickets', 'read', [
      { id: 'runs', title: 'Runs', keys: 'Shift R', run: () => openRunsPage(view) },
      {
        id: 'run-audit',
        title: 'Audit the last run',
        enabled: run !== null,
        run: () => openRunsPage(view, { runId, ask: 'audit' }),
      },
    ]),
    ...commandsOf('Tickets', 'run', [
      {
        id: 'run-clean-up',
        title: 'Clean up the last run…',
        enabled: run !== null && !standingOf(run).isUnderWay && run.created > run.removed,
        run: () => openRunsPage(view, { runId, ask: 'clean-up' }),
      },
    ]),
  ]
}

function dataCommands({ orders, view }: Workbench, { session }: Pick<DashboardState, 'session'>): Command[] {
  const isSandbox = session?.site.kind === 'sandbox'
  return commandsOf('Data', 'admin', [
    { id: 'sample', title: 'Load the sample hour', enabled: isSandbox, run: orders.loadSample },
    { id: 'tables-create', title: 'Create tables', run: orders.createTables },
    { id: 'tables-drop', title: 'Drop tables…', run: () => view.put({ dialog: 'drop-tables' }) },
  ])
}

/** Possible without a dashboard, too: it may be the store that keeps it from starting. */
function storeCommands(
  { orders }: Workbench,
  { storeStatus }: Pick<DashboardState, 'storeStatus'>,
): Command[] {
  return commandsOf('Data', 'admin', [
    {
      id: 'store-fall-back',
      title: 'Go on with this computer’s file',
      enabled: storeStatus?.canFallBack ?? false,
      run: orders.fallBack,
    },
    {
      id: 'store-go-back',
      title: 'Go back to the store that is set',
      enabled: storeStatus?.insteadOf?.reachable ?? false,
      run: orders.goBack,
    },
  ])
}

function windowCommands({ view, transport }: Workbench, isDark: boolean): Command[] {
  const theme = isDark ? 'light' : 'dark'
  return commandsOf('Window', 'read', [
    { id: 'theme-toggle', title: `Use the ${theme} theme`, keys: 'D', run: () => view.put({ theme }) },
    { id: 'theme-system', title: 'Use the system’s theme', run: () => view.put({ theme: 'system' }) },
    { id: 'settings', title: 'Settings', keys: ',', run: () => view.put({ page: 'settings' }) },
    {
      id: 'servers',
      title: 'Connect to a team server…',
      enabled: transport.servers !== null,
      run: () => view.put({ page: 'servers' }),
    },
    { id: 'keys', title: 'Keys', keys: '?', run: () => view.put({ dialog: 'keys' }) },
    {
      id: 'commands',
      title: 'Find a ticket, time, view or command',
      keys: 'Ctrl K',
      run: () => view.put({ dialog: 'commands', typedAhead: '' }),
    },
  ])
}

/** The commands as this window may give them. */
export function forScope(commands: readonly Command[], scope: Scope): Command[] {
  return commands.map((command) => ({ ...command, enabled: command.enabled && allows(scope, command.scope) }))
}
