import { useEffect } from 'react'
import { RUN_BUTTON_ID } from '../app/commands.ts'
import { useDashboard, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import type { RunProgress } from '../../src-shared/contract/models.ts'
import { timeWords } from '../live/time-words.ts'
import { paceWords, reasonWords, troubleWords } from './run-words.ts'
import styles from './run-panel.module.css'

/** How far the run is, whether it keeps its plan, with the buttons that hold or end it. */
export function RunUnderWay({ run }: { run: RunProgress }): React.ReactNode {
  const { view } = useWorkbench()
  const zone = useDashboard((state) => state.session?.zone ?? 'UTC')
  // The form has done its work; the next one is asked for anew.
  useEffect(() => view.set((state) => ({ ...state, runForm: false })), [view])
  const storeFails = useDashboard((state) => Boolean(state.storeStatus?.failure))
  const reason = reasonWords(run, storeFails)
  const paused = run.state === 'paused'
  return (
    <>
      <p className={styles['line']}>
        <span>
          <b>{run.created}</b> of {run.planned} created
        </span>
        <span className={styles['quiet']}>
          {paused ? (run.waits ? 'waiting' : 'paused') : `until ${timeWords(run.endMs, zone)}`}
        </span>
      </p>
      <progress
        className={styles['bar']}
        data-paused={paused || undefined}
        aria-label="Tickets created"
        max={run.planned}
        value={run.created}
      />
      <p className={styles['quiet']}>{paceWords(run)}</p>
      {reason !== null && <p className={styles['trouble']}>{reason}</p>}
      {troubleWords(run).map((sentence) => (
        <p key={sentence} className={styles['trouble']}>
          {sentence}
        </p>
      ))}
      <RunButtons paused={paused} waits={run.waits === true} />
    </>
  )
}

/** A run that waits for its store goes on by itself, and by nothing else. */
function RunButtons({ paused, waits }: { paused: boolean; waits: boolean }): React.ReactNode {
  const { orders, view } = useWorkbench()
  const pending = useDashboard((state) => state.pending)
  return (
    <div className={styles['buttons']}>
      {paused ? (
        <Button
          id={RUN_BUTTON_ID}
          kind="primary"
          disabled={waits || pending.includes('resume')}
          onClick={orders.resumeRun}
        >
          Resume
        </Button>
      ) : (
        <Button id={RUN_BUTTON_ID} disabled={pending.includes('pause')} onClick={orders.pauseRun}>
          Pause
        </Button>
      )}
      <Button
        disabled={pending.includes('stop')}
        onClick={() => view.set((state) => ({ ...state, dialog: 'stop-run' }))}
      >
        Stop
      </Button>
    </div>
  )
}
