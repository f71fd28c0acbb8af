import { Check, X } from 'lucide-react'
import { useState } from 'react'
import type { RunRequest } from '../../src-shared/contract/runs/runs.ts'
import { NotifyChoice } from '../alerts/notify-choice.tsx'
import { openRunsPage, useDashboard, useWorkbench } from '../app/workbench.ts'
import { IconButton } from '../controls/button.tsx'
import { standingOf } from '../runs/run-text.ts'
import styles from './first-steps-card.module.css'

/** Twenty minutes in twenty seconds: a quiet quarter of an hour, and a storm in its middle. */
const SPIKE: RunRequest = { count: 40, minutes: 20, compress: 60, profile: 'spike 8m x12 4m', mix: 'watched' }

/** Whether a person has looked at the proof, in this browser; the run itself is in the store. */
const PROVEN = 'jira-tpm.first-steps-proven'

/** What a new workspace suggests to do first, one line over the chart, until it is put away for good. */
export function FirstStepsCard({ onPutAway }: { onPutAway: () => void }): React.ReactNode {
  const { orders, view } = useWorkbench()
  const run = useDashboard((state) => state.run)
  const isStarting = useDashboard((state) => state.pending.includes('start'))
  const [isProven, setProven] = useState(() => localStorage.getItem(PROVEN) !== null)
  const { isUnderWay, hasEnded } = standingOf(run)
  const prove = (): void => {
    localStorage.setItem(PROVEN, 'yes')
    setProven(true)
    if (run !== null) openRunsPage(view, { runId: run.runId, ask: 'audit' })
  }
  return (
    <section className={styles['card']} aria-label="First steps">
      <p className={styles['what']}>
        <b>This is a made-up Jira.</b> <span className="quiet">Nothing starts by itself.</span>
      </p>
      <ol className={styles['steps']}>
        <Step
          number={1}
          isDone={hasEnded}
          disabled={isStarting || isUnderWay}
          onClick={() => orders.startRun(SPIKE)}
        >
          {isUnderWay && run !== null
            ? `Watch a spike: ${run.created} of ${run.planned}`
            : 'Watch a spike (20 s)'}
        </Step>
        <Step number={2} isDone={hasEnded && isProven} disabled={!hasEnded} onClick={prove}>
          Prove nothing was lost
        </Step>
        <Step number={3} isDone={false} onClick={() => view.put({ page: 'settings' })}>
          Connect yours
        </Step>
      </ol>
      {(isUnderWay || hasEnded) && <NotifyChoice offered />}
      <IconButton icon={X} label="Put the first steps away for good" onClick={onPutAway} />
    </section>
  )
}

interface StepProps {
  readonly number: number
  readonly isDone: boolean
  readonly disabled?: boolean
  readonly onClick: () => void
  readonly children: React.ReactNode
}

function Step({ number, isDone, disabled, onClick, children }: StepProps): React.ReactNode {
  return (
    <li>
      <button type="button" className={styles['step']} disabled={disabled} onClick={onClick}>
        <span className={styles['number']} data-done={isDone} aria-hidden="true">
          {isDone ? <Check size={13} strokeWidth={2.5} /> : number}
        </span>
        {isDone && <span className="unseen">Done: </span>}
        {children}
      </button>
    </li>
  )
}
