import { useDashboard, useView } from '../app/workbench.ts'
import { LastRun } from './last-run.tsx'
import { RunForm } from './run-form.tsx'
import { RunUnderWay } from './run-under-way.tsx'
import styles from './run-panel.module.css'

/** The run under way with its progress, or the last one's end and the form for the next. */
export function RunPanel(): React.ReactNode {
  const session = useDashboard((state) => state.session)
  const run = useDashboard((state) => state.run)
  const formOpen = useView((state) => state.runForm)
  const underWay = run !== null && (run.state === 'running' || run.state === 'paused')
  return (
    <section className={styles['panel']} aria-labelledby="run-title">
      <h2 id="run-title">Run</h2>
      {underWay && <RunUnderWay run={run} />}
      {run !== null && !underWay && <LastRun run={run} />}
      {session !== null && !underWay && (run === null || formOpen) && <RunForm session={session} />}
    </section>
  )
}
