import { CircleAlert, CircleCheck } from 'lucide-react'
import type { RunProgress } from '../../src-shared/contract/models.ts'
import { useDashboard, useView, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { auditWords } from './audit-words.ts'
import { endWords, troubleWords } from './run-words.ts'
import styles from './run-panel.module.css'

/** How the last run ended, and whether all that it made has arrived in the chart. */
export function LastRun({ run }: { run: RunProgress }): React.ReactNode {
  const { orders, view } = useWorkbench()
  const formOpen = useView((state) => state.runForm)
  const pending = useDashboard((state) => state.pending)
  const audit = useDashboard((state) => (state.audit?.run === run.runId ? state.audit : null))
  return (
    <>
      <p>{endWords(run)}</p>
      {run.reason !== null && <p className={styles['trouble']}>{run.reason}</p>}
      {troubleWords(run).map((sentence) => (
        <p key={sentence} className={styles['trouble']}>
          {sentence}
        </p>
      ))}
      {audit && (
        <output className={styles['audit']} data-ok={audit.ok}>
          {audit.ok ? (
            <CircleCheck size={15} aria-hidden="true" />
          ) : (
            <CircleAlert size={15} aria-hidden="true" />
          )}
          {auditWords(audit)}
        </output>
      )}
      <div className={styles['buttons']}>
        {run.state === 'broken' && (
          <Button disabled={pending.includes('resume')} onClick={orders.resumeRun}>
            Resume
          </Button>
        )}
        <Button disabled={pending.includes('audit')} onClick={orders.auditRun}>
          {pending.includes('audit') ? 'Checking…' : 'Check this run'}
        </Button>
        {!formOpen && (
          <Button onClick={() => view.set((state) => ({ ...state, runForm: true }))}>New run</Button>
        )}
      </div>
    </>
  )
}
