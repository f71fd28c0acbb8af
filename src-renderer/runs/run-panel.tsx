import { useEffect, useRef } from 'react'
import { useKeptFocus } from '../app/focus.ts'
import { openRunsPage } from '../app/view-state.ts'
import { useDashboard, useMay, useView, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { LastRun } from './last-run.tsx'
import { RunForm } from './run-form.tsx'
import { RunUnderWay } from './run-under-way.tsx'
import styles from './run-panel.module.css'

/** The run under way with its progress, or the last one's end and the form for the next. */
export function RunPanel(): React.ReactNode {
  const { view } = useWorkbench()
  const session = useDashboard((state) => state.session)
  const run = useDashboard((state) => state.run)
  const formOpen = useView((state) => state.runForm)
  const mayRun = useMay('run')
  const hasEnded = run?.state === 'done' || run?.state === 'stopped'
  const isWorkedOn = run?.state === 'running' || run?.state === 'paused'
  // The form has done its work; the next one is asked for anew.
  useEffect(() => {
    if (isWorkedOn) view.set((state) => ({ ...state, runForm: false, runDraft: null }))
  }, [isWorkedOn, view])
  const content = useRef<HTMLDivElement>(null)
  useKeptFocus(content, run?.state)
  return (
    <section className={styles['panel']} aria-labelledby="run-title">
      <div className={styles['line']}>
        <h2 id="run-title">Run</h2>
        {session !== null && (
          <Button kind="quiet" onClick={() => openRunsPage(view)}>
            All runs
          </Button>
        )}
      </div>
      <div ref={content} className={styles['content']}>
        {run !== null && (hasEnded ? <LastRun run={run} /> : <RunUnderWay run={run} />)}
        {mayRun && session !== null && !isWorkedOn && (run === null || formOpen) && (
          <RunForm session={session} />
        )}
        {!mayRun && <p className={styles['quiet']}>This browser may look on. Others start and stop runs.</p>}
      </div>
    </section>
  )
}
