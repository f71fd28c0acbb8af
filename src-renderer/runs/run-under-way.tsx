import { useEffect } from 'react'
import { NEW_RUN_ID, openRunForm, RUN_CHOICE_ID } from '../app/view-state.ts'
import { useDashboard, useMay, useView, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import type { RunProgress } from '../../src-shared/contract/models.ts'
import { timeWords } from '../live/time-words.ts'
import { whileVisible } from '../live/while-visible.ts'
import { MissedChoices } from './resume-choices.tsx'
import { PauseButton, StopButton } from './halt-buttons.tsx'
import { RunBars } from './run-bars.tsx'
import { paceWords, reasonWords, troubleWords } from './run-words.ts'
import { useRunMinutes } from './use-run-minutes.ts'
import styles from './run-panel.module.css'

/** A run that stands still is looked at so often. */
const REST_MS = 5_000

/** How far the run is, whether it keeps its plan, minute by minute; with what holds, ends or continues it. */
export function RunUnderWay({ run }: { run: RunProgress }): React.ReactNode {
  const zone = useDashboard((state) => state.session?.zone ?? 'UTC')
  const nowMinute = useDashboard((state) => state.nowMinute)
  const minutes = useRunMinutes(run)
  const isRunning = run.state === 'running'
  return (
    <>
      <p className={styles['line']}>
        <span>
          <b>{run.created.toLocaleString('en-GB')}</b> of {run.planned.toLocaleString('en-GB')} created
        </span>
        <span className={styles['quiet']}>{standingWords(run, zone)}</span>
      </p>
      <progress
        className={styles['bar']}
        data-paused={!isRunning || undefined}
        aria-label="Tickets created"
        max={run.planned}
        value={run.created}
      />
      <p className={styles['pace']}>{paceWords(run)}</p>
      <RunBars minutes={minutes} nowMinute={isRunning ? nowMinute : null} zone={zone} />
      {isRunning ? <RunningButtons /> : <AtRest run={run} />}
      <Sentences run={run} />
    </>
  )
}

/** `until 15:04`, or why no ticket comes, in a word. */
function standingWords({ state, waits, endMs }: RunProgress, zone: string): string {
  if (state === 'running') return `until ${timeWords(endMs, zone)}`
  if (state === 'broken') return 'interrupted'
  return waits === true ? 'waiting' : 'paused'
}

function RunningButtons(): React.ReactNode {
  if (!useMay('run')) return null
  return (
    <div className={styles['buttons']}>
      <PauseButton />
      <StopButton />
    </div>
  )
}

/** Why it stands still, and the ways to go on. One that waits for its store goes on by itself, unless it is held. */
function AtRest({ run }: { run: RunProgress }): React.ReactNode {
  const { dashboard } = useWorkbench()
  // Its slots go by meanwhile, and nobody tells.
  useEffect(() => whileVisible(document, REST_MS, dashboard.readRun), [dashboard])
  const storeFails = useDashboard((state) => Boolean(state.storeStatus?.failure))
  const mayRun = useMay('run')
  const reason = reasonWords(run, storeFails)
  const chooses = mayRun && run.missed > 0 && run.waits !== true
  return (
    <>
      {reason !== null && <p className={styles['trouble']}>{reason}</p>}
      {chooses && <MissedChoices run={run} firstId={RUN_CHOICE_ID} />}
      {mayRun && (
        <div className={styles['buttons']}>
          {run.waits === true && <PauseButton />}
          {run.waits !== true && !chooses && <ResumeButton runId={run.runId} />}
          <StopButton />
          {run.state === 'broken' && <NewRunButton />}
        </div>
      )}
    </>
  )
}

function ResumeButton({ runId }: { runId: string }): React.ReactNode {
  const { orders } = useWorkbench()
  const resuming = useDashboard((state) => state.pending.includes('resume'))
  return (
    <Button kind="primary" aria-disabled={resuming} onClick={() => orders.resumeRun({ runId })}>
      {resuming ? 'Resuming…' : 'Resume'}
    </Button>
  )
}

/** Whoever starts another run leaves this one as it stands. */
function NewRunButton(): React.ReactNode {
  const { view } = useWorkbench()
  const formOpen = useView((state) => state.runForm)
  if (formOpen) return null
  return (
    <Button id={NEW_RUN_ID} onClick={() => openRunForm(view)}>
      New run
    </Button>
  )
}

/** Who works on it, where that is another program, and what went wrong with single tickets. */
function Sentences({ run }: { run: RunProgress }): React.ReactNode {
  return (
    <>
      {run.by !== null && <p className={styles['quiet']}>Jira TPM on {run.by} works on it.</p>}
      {troubleWords(run).map((sentence) => (
        <p key={sentence} className={styles['trouble']}>
          {sentence}
        </p>
      ))}
    </>
  )
}
