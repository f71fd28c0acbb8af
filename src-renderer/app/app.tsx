import { Tooltip } from 'radix-ui'
import { Activity, useEffect, useEffectEvent, useMemo } from 'react'
import type { EventPayload } from '../../src-shared/contract/events.ts'
import { binSpan } from '../chart/chart-text.ts'
import { useChartModel, type ChartModel } from '../chart/chart-model.ts'
import { ChartPanel } from '../chart/chart-panel.tsx'
import { RunPanel } from '../runs/run-panel.tsx'
import { useIsDark } from '../settings/preferences.ts'
import { useStore } from '../state-store.ts'
import { TicketList } from '../tickets/ticket-list.tsx'
import { Announcer } from './announcer.tsx'
import styles from './app.module.css'
import { ConnectionBar, NoticeBar, TokenBar } from './bars.tsx'
import { commandsFor, forScope, type Command } from './commands.ts'
import { Dialogs } from './dialogs.tsx'
import { Outdated, SignedOut, StartFailed } from './full-page.tsx'
import { Header } from './header.tsx'
import { useKeys, type Move } from './keys.ts'
import { LazyPage, useRunsPageReset } from './lazy-pages.tsx'
import { StatusLine } from './status-line.tsx'
import { StoreCard } from './store-status.tsx'
import { useConnection, useDashboard, useView, useWorkbench } from './workbench.ts'

/** The window: its pages, or the reason why there are none. */
export function App(): React.ReactNode {
  const connection = useConnection()
  if (connection === 'signed-out') return <SignedOut />
  if (connection === 'outdated') return <Outdated />
  return (
    <Tooltip.Provider delayDuration={400}>
      <Pages />
    </Tooltip.Provider>
  )
}

/** The dashboard, the runs and the settings. Those that are not shown keep their state and take no keys. */
function Pages(): React.ReactNode {
  const commands = useCommands()
  useMenu(commands)
  useRunsPageReset()
  const page = useView((state) => state.page)
  const failed = useDashboard((state) => state.session === null && state.startFailure !== null)
  return (
    <>
      <Activity mode={page === 'dashboard' ? 'visible' : 'hidden'}>
        {failed ? <StartFailed commands={commands} /> : <DashboardPage commands={commands} />}
      </Activity>
      <LazyPage name="runs" commands={commands} />
      <LazyPage name="settings" commands={commands} />
      <div className={styles['bars']}>
        <ConnectionBar />
        <NoticeBar />
      </div>
      <Dialogs commands={commands} />
    </>
  )
}

function DashboardPage({ commands }: { commands: readonly Command[] }): React.ReactNode {
  const model = useChartModel()
  useKeys(commands, useBarMoves(model))
  return (
    <div className={styles['page']}>
      <Header />
      <TokenBar />
      <main className={styles['main']}>
        <ChartPanel />
        <div className={styles['side']}>
          <RunPanel />
          <TicketList />
        </div>
        <StoreCard />
      </main>
      <StatusLine />
      <Announcer model={model} />
    </div>
  )
}

function useCommands(): readonly Command[] {
  const workbench = useWorkbench()
  const run = useDashboard((state) => state.run)
  const following = useDashboard((state) => state.following)
  const session = useDashboard((state) => state.session)
  const startFailure = useDashboard((state) => state.startFailure)
  const storeStatus = useDashboard((state) => state.storeStatus)
  const asTable = useView((state) => state.asTable)
  const scope = useStore(workbench.transport.scope, (held) => held)
  const isDark = useIsDark(useView((state) => state.theme))
  return useMemo(
    () =>
      forScope(
        commandsFor(workbench, { run, following, session, startFailure, storeStatus }, { asTable }, isDark),
        scope,
      ),
    [workbench, run, following, session, startFailure, storeStatus, asTable, isDark, scope],
  )
}

/** Does what is chosen in the desktop's menu: its items have the names of our commands. */
function useMenu(commands: readonly Command[]): void {
  const { client } = useWorkbench().transport
  const onChoice = useEffectEvent(({ command }: EventPayload<'menu.chosen'>) => {
    commands.find(({ id, enabled }) => id === command && enabled)?.run()
  })
  useEffect(() => client.on('menu.chosen', onChoice), [client])
}

/** What moving means on the dashboard: along the bars, into one, and out of it again. */
function useBarMoves(model: ChartModel | null): (move: Move) => void {
  const { dashboard, view } = useWorkbench()

  function step(by: -1 | 1): void {
    if (model === null || model.slots === 0) return
    const last = model.slots - 1
    view.set((state) => {
      const from = state.cursor?.slot ?? (by === 1 ? -1 : model.slots)
      return { ...state, cursor: { slot: Math.min(last, Math.max(0, from + by)), byKey: true } }
    })
  }

  function open(): void {
    const slot = view.get().cursor?.slot
    const bin = slot === undefined || model?.view === 'distribution' ? undefined : model?.bins[slot]
    if (bin) dashboard.open(binSpan(bin))
  }

  function back(): void {
    if (dashboard.store.get().opened) dashboard.open(null)
    else view.put({ cursor: null })
  }

  return (move) => {
    if (move === 'bar-previous') step(-1)
    else if (move === 'bar-next') step(1)
    else if (move === 'bar-open') open()
    else back()
  }
}
