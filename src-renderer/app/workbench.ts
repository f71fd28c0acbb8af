import { createContext, useContext, useLayoutEffect, useState } from 'react'
import { allows, type Scope } from '../../src-shared/contract/schema.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { ChosenSpan } from '../../src-shared/domain/span.ts'
import type { Cursor } from '../chart/brush/cursor.ts'
import type { ConnectionState } from '../../src-shared/contract/wire.ts'
import type { WindowTransport } from '../client/transport.ts'
import type { DashboardState } from '../live/dashboard-state.ts'
import type { DashboardController } from '../live/dashboard.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { whileVisible } from '../live/timers.ts'
import type { PresentFeed } from '../live/present.ts'
import type { Orders } from '../live/orders.ts'
import type { RunDraft } from '../runs/run-fields.ts'
import { applyTheme, loadPreferences, savePreferences, type Preferences } from '../settings/preferences.ts'
import type { TvTheme } from '../tv/tv-address.ts'
import { createStateStore, useStore, type Schedule, type StateStore } from '../state-store.ts'

/** What every component of the window may use. */
export interface Workbench {
  readonly transport: WindowTransport
  readonly dashboard: DashboardController
  readonly orders: Orders
  readonly present: PresentFeed
  readonly view: StateStore<ViewState>
}

/** A run makes real tickets, so a key leads to its button, and only the button starts it. */
export const RUN_BUTTON_ID = 'run-button'
/** The likeliest of the ways in which a run goes on that has missed slots, or some in doubt. */
export const RUN_CHOICE_ID = 'run-choice'
/** Where the form is opened, and what is there again when it is closed. */
export const NEW_RUN_ID = 'new-run'

/** What keys show the way to, where it is scrolled out of sight. */
export const CHART_ID = 'chart'

/** The row of the ticket list that takes the focus. */
export const LISTED_TICKET_ID = 'listed-ticket'
export const TICKET_SEARCH_ID = 'ticket-search'

export const emptyRunsPage: RunsPageState = { runId: null, span: null, ask: null }

export const WorkbenchContext = createContext<Workbench | null>(null)

export function useWorkbench(): Workbench {
  const workbench = useContext(WorkbenchContext)
  if (workbench === null) throw new Error('A component of the window stands outside its workbench.')
  return workbench
}

/** A part of what the window knows of the core. */
export function useDashboard<S>(select: (state: DashboardState) => S): S {
  return useStore(useWorkbench().dashboard.store, select)
}

/** A part of how the window shows it. */
export function useView<S>(select: (state: ViewState) => S): S {
  return useStore(useWorkbench().view, select)
}

/** The zone by whose clock times are shown. */
export function useZone(): string {
  return useDashboard((state) => state.session?.zone ?? 'UTC')
}

/** The site's time in epoch ms, to the minute. */
export function useSiteNow(): number {
  return startOfMinute(useDashboard((state) => state.nowMinute))
}

/** Whether the store cannot be used. What is wrong with it is said at one place, at length. */
export function useStoreFails(): boolean {
  return useDashboard((state) => Boolean(state.storeStatus?.failure))
}

export function useConnection(): ConnectionState {
  return useStore(useWorkbench().transport.connection, (connection) => connection)
}

/** Whether this window may do what takes the scope. */
export function useMay(needed: Scope): boolean {
  return useStore(useWorkbench().transport.scope, (scope) => allows(scope, needed))
}

/** The machine's epoch ms, once a second, and right when it is seen again: for a few words that tick, not for the chart. */
export function useMachineNow(): number {
  const [now, setNow] = useState(() => Date.now())
  useLayoutEffect(() => {
    const tick = (): void => setNow(Date.now())
    // Behind the settings, time went on.
    tick()
    return whileVisible(document, 1_000, tick)
  }, [])
  return now
}

type DialogName = 'keys' | 'commands' | 'stop-run' | 'drop-tables'

interface RunsPageState {
  readonly runId: string | null
  readonly span: TimeSpan | null
  /** What the person came for. The page does it once, and takes it back (null). */
  readonly ask: 'audit' | 'clean-up' | null
}

/** How the window shows what it knows. Nothing of this concerns the core. */
export interface ViewState extends Preferences {
  /** Over all pages, where it is open: the TV view, and its theme. */
  readonly tv: TvTheme | null
  readonly page: 'dashboard' | 'settings' | 'runs' | 'servers'
  readonly runsPage: RunsPageState
  /** Which tab is chosen next to the chart. */
  readonly panel: 'tickets' | 'rehearse'
  readonly cursor: Cursor | null
  /** Whether the bars are played, one after the other. */
  readonly isPlaying: boolean
  /** Whether a time is being marked. */
  readonly marking: boolean
  /** The bar of the distribution whose minutes are listed, by its number of tickets. */
  readonly listedCount: number | null
  /** The spans that were zoomed out of, or in from: the way back, the last one last. */
  readonly zoomedFrom: readonly ChosenSpan[]
  /** Whether the form for another run is open below the last run's end. */
  readonly runForm: boolean
  /** The run with which the form is filled in; null where it is as the person left it. */
  readonly runDraft: RunDraft | null
  readonly dialog: DialogName | null
  /** What was typed before the field of what is to be found was there. */
  readonly typedAhead: string
  /** What is open below the header; `menu` where it is narrow. */
  readonly tool: 'alerts' | 'share' | 'views' | 'compare' | 'menu' | null
}

/** The view state as it was left the last time; what a person prefers is kept again, and the theme put on, at each change. */
export function createViewState(
  storage: Storage,
  schedule: Schedule,
  tv: TvTheme | null = null,
): StateStore<ViewState> {
  const store = createStateStore<ViewState>(
    {
      ...loadPreferences(storage),
      tv,
      page: 'dashboard',
      runsPage: emptyRunsPage,
      panel: 'tickets',
      cursor: null,
      isPlaying: false,
      marking: false,
      zoomedFrom: [],
      listedCount: null,
      runForm: false,
      runDraft: null,
      dialog: null,
      typedAhead: '',
      tool: null,
    },
    schedule,
  )
  applyTheme(tv ?? store.get().theme)
  store.subscribe(() => {
    const { view, asTable, theme, zone, tv: shown } = store.get()
    applyTheme(shown ?? theme)
    savePreferences(storage, { view, asTable, theme, ...(zone !== undefined && { zone }) })
  })
  return store
}

/** The way to the Runs page: what it shall show, where that is not only the list. */
export function openRunsPage(view: StateStore<ViewState>, shown: Partial<RunsPageState> = {}): void {
  view.put({ page: 'runs', runsPage: { runId: null, span: null, ask: null, ...shown } })
}

/** The TV view, on all of the screen where the browser lets it: it does on a key or a click. */
export function openTv(view: StateStore<ViewState>): void {
  view.put({ tv: 'dark' })
  // A window that may not fill the screen is as large as it is.
  void document.documentElement.requestFullscreen?.().catch(() => {})
}

export function openRunForm(view: StateStore<ViewState>): void {
  view.put({ panel: 'rehearse', runForm: true })
  focusOn(RUN_BUTTON_ID)
}

export function closeRunForm(view: StateStore<ViewState>): void {
  view.put({ runForm: false, runDraft: null })
  focusOn(NEW_RUN_ID)
}

/**
 * Gives something the focus: at once where it can be seen, so that what is typed next is its own; else after the next
 * frame has drawn it, or when its part has come.
 */
export function focusOn(id: string): void {
  const there = document.getElementById(id)
  there?.focus()
  if (there !== null && document.activeElement === there) return
  requestAnimationFrame(() => requestAnimationFrame(() => focusWhenThere(id)))
}

/** A part in a file of its own may come so late (ms), and still be what was asked for. */
const LATE_MS = 2_000

function focusWhenThere(id: string): void {
  const there = document.getElementById(id)
  if (there !== null) return there.focus()
  const comes = new MutationObserver(() => {
    const found = document.getElementById(id)
    if (found === null) return
    comes.disconnect()
    found.focus()
  })
  comes.observe(document.body, { childList: true, subtree: true })
  setTimeout(() => comes.disconnect(), LATE_MS)
}

/** Back to the dashboard, with the form filled in with an earlier run. */
export function runAgain(view: StateStore<ViewState>, draft: RunDraft): void {
  view.put({ page: 'dashboard', runDraft: { ...draft } })
  openRunForm(view)
}
