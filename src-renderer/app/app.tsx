import { Tooltip } from 'radix-ui'
import { ChartPanel } from '../chart/chart-panel.tsx'
import { useChartModel } from '../chart/use-chart-model.ts'
import { RunPanel } from '../runs/run-panel.tsx'
import { TicketList } from '../tickets/ticket-list.tsx'
import { Announcer } from './announcer.tsx'
import { ConnectionBar } from './connection-bar.tsx'
import { Dialogs } from './dialogs.tsx'
import { SignedOut, StartFailed } from './full-page.tsx'
import { Header } from './header.tsx'
import { NoticeBar } from './notice-bar.tsx'
import { StatusLine } from './status-line.tsx'
import { useCommands } from './use-commands.ts'
import { useKeys } from './use-keys.ts'
import { useMenu } from './use-menu.ts'
import { useConnection, useDashboard } from './workbench.ts'
import styles from './app.module.css'

/** The window: the dashboard, or the reason why there is none. */
export function App(): React.ReactNode {
  const failed = useDashboard((state) => state.session === null && state.startFailure !== null)
  if (useConnection() === 'signed-out') return <SignedOut />
  if (failed) return <StartFailed />
  return (
    <Tooltip.Provider delayDuration={400}>
      <DashboardPage />
    </Tooltip.Provider>
  )
}

function DashboardPage(): React.ReactNode {
  const commands = useCommands()
  const model = useChartModel()
  useKeys(commands, model)
  useMenu(commands)
  return (
    <div className={styles['page']}>
      <Header />
      <main className={styles['main']}>
        <ChartPanel />
        <div className={styles['side']}>
          <RunPanel />
          <TicketList />
        </div>
      </main>
      <StatusLine />
      <div className={styles['bars']}>
        <ConnectionBar />
        <NoticeBar />
      </div>
      <Announcer model={model} />
      <Dialogs commands={commands} />
    </div>
  )
}
