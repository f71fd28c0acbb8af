import { Tooltip } from 'radix-ui'
import { Activity } from 'react'
import { ChartPanel } from '../chart/chart-panel.tsx'
import { useChartModel } from '../chart/use-chart-model.ts'
import { RunPanel } from '../runs/run-panel.tsx'
import { RunsDoor } from '../runs-page/runs-door.tsx'
import { SettingsDoor } from '../settings/settings-door.tsx'
import { TicketList } from '../tickets/ticket-list.tsx'
import { Announcer } from './announcer.tsx'
import type { Command } from './commands.ts'
import { ConnectionBar } from './connection-bar.tsx'
import { Dialogs } from './dialogs.tsx'
import { SignedOut, StartFailed } from './full-page.tsx'
import { Header } from './header.tsx'
import { NoticeBar } from './notice-bar.tsx'
import { StatusLine } from './status-line.tsx'
import { StoreCard } from './store-card.tsx'
import { TokenBar } from './token-bar.tsx'
import { useBarMoves } from './use-bar-moves.ts'
import { useCommands } from './use-commands.ts'
import { useKeys } from './use-keys.ts'
import { useMenu } from './use-menu.ts'
import { useConnection, useDashboard, useView } from './workbench.ts'
import styles from './app.module.css'

/** The window: its pages, or the reason why there are none. */
export function App(): React.ReactNode {
  if (useConnection() === 'signed-out') return <SignedOut />
  return (
    <Tooltip.Provider delayDuration={400}>
      <Pages />
    </Tooltip.Provider>
  )
}

/** The dashboard, the runs and the settings. Those that are not shown keep their state and hear no keys. */
function Pages(): React.ReactNode {
  const commands = useCommands()
  useMenu(commands)
  const page = useView((state) => state.page)
  const failed = useDashboard((state) => state.session === null && state.startFailure !== null)
  return (
    <>
      <Activity mode={page === 'dashboard' ? 'visible' : 'hidden'}>
        {failed ? <StartFailed commands={commands} /> : <DashboardPage commands={commands} />}
      </Activity>
      <RunsDoor commands={commands} />
      <SettingsDoor commands={commands} />
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
