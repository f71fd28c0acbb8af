import { allows, type Scope } from '../../src-shared/contract/schema.ts'
import type { DashboardState } from '../live/dashboard-state.ts'
import type { BinMinutes, ThemeChoice, View } from '../settings/preferences.ts'
import { focusOn, openRunForm, openRunsPage, RUN_CHOICE_ID, type ViewState } from './view-state.ts'
import type { Workbench } from './workbench.ts'

export type CommandId =
  | `view-${View}`
  | `bins-${BinMinutes}`
  | 'table'
  | 'hour-previous'
  | 'hour-next'
  | 'hour-now'
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
  | 'keys'
  | 'commands'

/** Something that can be done with the window: from a key, the command list or the desktop's menu. */
export interface Command {
  readonly id: CommandId
  readonly title: string
  readonly group: 'View' | 'Hour' | 'Tickets' | 'Data' | 'Window'
  /** As the help shows it. */
  readonly keys?: string
  /** Whether it makes sense now. */
  readonly enabled: boolean
  readonly run: () => void
}

/** What takes more than looking on. The settings may be looked at: how the window looks is in them, too. */
const COMMAND_SCOPES: { readonly [C in CommandId]?: Scope } = {
  'run-start': 'run',
  'run-pause': 'run',
  'run-resume': 'run',
  'run-stop': 'run',
  'run-clean-up': 'run',
  fetch: 'run',
  sample: 'admin',
  'tables-create': 'admin',
  'tables-drop': 'admin',
  'store-fall-back': 'admin',
  'store-go-back': 'admin',
}

const viewNames: Record<View, string> = { bar: 'Bar', histogram: 'Histogram', distribution: 'Distribution' }

const views: readonly View[] = ['bar', 'histogram', 'distribution']

const binWidths: readonly BinMinutes[] = [1, 2, 5, 10]

/**
 * All commands, in the order in which they are listed. `isDark` is how the window looks now. Those that concern the
 * dashboard lead back to it, and make no sense where there is none.
 */
export function commandsFor(
  workbench: Workbench,
  state: Pick<DashboardState, 'run' | 'following' | 'session' | 'startFailure' | 'storeStatus'>,
  shown: Pick<ViewState, 'asTable'>,
  isDark: boolean,
): Command[] {
  const hasDashboard = state.session !== null || state.startFailure === null
  const ofDashboard = [
    ...viewCommands(workbench, shown),
    ...hourCommands(workbench, state),
    ...runCommands(workbench, state),
    ...dataCommands(workbench, state),
  ].map((command) => ({
    ...command,
    enabled: command.enabled && hasDashboard,
    run: () => {
      workbench.view.put({ page: 'dashboard' })
      command.run()
    },
  }))
  const ofRuns = runsPageCommands(workbench, state).map((command) => ({
    ...command,
    enabled: command.enabled && hasDashboard,
  }))
  return [...ofDashboard, ...ofRuns, ...storeCommands(workbench, state), ...windowCommands(workbench, isDark)]
}

function viewCommands({ view }: Workbench, { asTable }: Pick<ViewState, 'asTable'>): Command[] {
  const put = (part: Partial<ViewState>): void => view.put({ cursor: null, ...part })
  return [
    ...views.map((name, i): Command => ({
      id: `view-${name}`,
      title: `Show as ${viewNames[name].toLowerCase()}`,
      group: 'View',
      keys: String(i + 1),
      enabled: true,
      run: () => put({ view: name }),
    })),
    ...binWidths.map((binMinutes): Command => ({
      id: `bins-${binMinutes}`,
      title: `Histogram in bins of ${binMinutes} ${binMinutes === 1 ? 'minute' : 'minutes'}`,
      group: 'View',
      enabled: true,
      run: () => put({ view: 'histogram', binMinutes }),
    })),
    {
      id: 'table',
      title: asTable ? 'Show the chart' : 'Show a table instead of the chart',
      group: 'View',
      keys: 'T',
      enabled: true,
      run: () => put({ asTable: !view.get().asTable }),
    },
  ]
}

function hourCommands({ dashboard }: Workbench, { following }: Pick<DashboardState, 'following'>): Command[] {
  const hour = { group: 'Hour', enabled: true } as const
  return [
    {
      ...hour,
      id: 'hour-previous',
      title: 'Previous hour',
      keys: 'Shift ←',
      run: () => dashboard.stepHour(-1),
    },
    { ...hour, id: 'hour-next', title: 'Next hour', keys: 'Shift →', run: () => dashboard.stepHour(1) },
    {
      ...hour,
      id: 'hour-now',
      title: 'Now',
      keys: 'N',
      enabled: !following,
      run: () => dashboard.followNow(),
    },
  ]
}

function runCommands(workbench: Workbench, { run }: Pick<DashboardState, 'run'>): Command[] {
  const { orders, view } = workbench
  const state = run?.state
  const underWay = state === 'running' || state === 'paused'
  const stands = (state === 'paused' && run?.waits !== true) || state === 'broken'
  const doubts = run !== null && run.unknown > 0 && (state === 'done' || state === 'stopped')
  // What becomes of slots that were missed, or of which nobody knows, is said in the panel, and chosen there.
  const chooses = run !== null && (run.missed > 0 || doubts)
  const tickets = { group: 'Tickets', enabled: true } as const
  return [
    {
      ...tickets,
      id: 'run-start',
      title: 'Start a run…',
      keys: 'R',
      enabled: !underWay,
      run: () => openRunForm(view),
    },
    {
      ...tickets,
      id: 'run-pause',
      title: 'Pause the run',
      enabled: state === 'running' || run?.waits === true,
      run: orders.pauseRun,
    },
    {
      ...tickets,
      id: 'run-resume',
      title: resumeTitle(chooses, doubts),
      enabled: stands || doubts,
      run: () => {
        if (!chooses) return orders.resumeRun()
        view.put({ runForm: false })
        focusOn(RUN_CHOICE_ID)
      },
    },
    {
      ...tickets,
      id: 'run-stop',
      title: 'Stop the run…',
      enabled: underWay || state === 'broken',
      run: () => view.put({ dialog: 'stop-run' }),
    },
    { ...tickets, id: 'fetch', title: 'Fetch now', keys: 'F', run: orders.fetchNow },
  ]
}

function resumeTitle(chooses: boolean, doubts: boolean): string {
  if (doubts) return 'Decide about the unknown tickets…'
  return chooses ? 'Resume the run…' : 'Resume the run'
}

/** They lead to a page of its own, beside the dashboard. */
function runsPageCommands({ view }: Workbench, { run }: Pick<DashboardState, 'run'>): Command[] {
  const ended = run !== null && run.state !== 'running' && run.state !== 'paused'
  const runId = run?.runId ?? null
  const tickets = { group: 'Tickets', enabled: true } as const
  return [
    { ...tickets, id: 'runs', title: 'Runs', keys: 'Shift R', run: () => openRunsPage(view) },
    {
      ...tickets,
      id: 'run-audit',
      title: 'Audit the last run',
      enabled: run !== null,
      run: () => openRunsPage(view, { runId, ask: 'audit' }),
    },
    {
      ...tickets,
      id: 'run-clean-up',
      title: 'Clean up the last run…',
      enabled: ended && run.created > run.removed,
      run: () => openRunsPage(view, { runId, ask: 'clean-up' }),
    },
  ]
}

function dataCommands({ orders, view }: Workbench, { session }: Pick<DashboardState, 'session'>): Command[] {
  const data = { group: 'Data', enabled: true } as const
  return [
    {
      ...data,
      id: 'sample',
      title: 'Load the sample hour',
      enabled: session?.site.kind === 'sandbox',
      run: orders.loadSample,
    },
    { ...data, id: 'tables-create', title: 'Create tables', run: orders.createTables },
    {
      ...data,
      id: 'tables-drop',
      title: 'Drop tables…',
      run: () => view.put({ dialog: 'drop-tables' }),
    },
  ]
}

/** Possible without a dashboard, too: it may be the store that keeps it from starting. */
function storeCommands(
  { orders }: Workbench,
  { storeStatus }: Pick<DashboardState, 'storeStatus'>,
): Command[] {
  return [
    {
      id: 'store-fall-back',
      title: 'Go on with this computer’s file',
      group: 'Data',
      enabled: storeStatus?.canFallBack ?? false,
      run: orders.fallBack,
    },
    {
      id: 'store-go-back',
      title: 'Go back to the store that is set',
      group: 'Data',
      enabled: storeStatus?.insteadOf?.reachable ?? false,
      run: orders.goBack,
    },
  ]
}

function windowCommands({ view }: Workbench, isDark: boolean): Command[] {
  const window = { group: 'Window', enabled: true } as const
  const other: ThemeChoice = isDark ? 'light' : 'dark'
  return [
    {
      ...window,
      id: 'theme-toggle',
      title: `Use the ${other} theme`,
      keys: 'D',
      run: () => view.put({ theme: other }),
    },
    {
      ...window,
      id: 'theme-system',
      title: 'Use the system’s theme',
      run: () => view.put({ theme: 'system' }),
    },
    { ...window, id: 'settings', title: 'Settings', keys: ',', run: () => view.put({ page: 'settings' }) },
    { ...window, id: 'keys', title: 'Keys', keys: '?', run: () => view.put({ dialog: 'keys' }) },
    {
      ...window,
      id: 'commands',
      title: 'All commands',
      keys: 'Ctrl K',
      run: () => view.put({ dialog: 'commands' }),
    },
  ]
}

/** The commands as this window may give them. */
export function forScope(commands: readonly Command[], scope: Scope): Command[] {
  return commands.map((command) => ({
    ...command,
    enabled: command.enabled && allows(scope, COMMAND_SCOPES[command.id] ?? 'read'),
  }))
}
