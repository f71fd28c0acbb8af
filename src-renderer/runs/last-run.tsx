import type { RunProgress } from '../../src-shared/contract/models.ts'
import { NEW_RUN_ID, openRunForm, openRunsPage, RUN_CHOICE_ID } from '../app/view-state.ts'
import { useDashboard, useMay, useView, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { UnknownChoices } from './resume-choices.tsx'
import { RunBars } from './run-bars.tsx'
import { endWords, paceWords, removedWords, troubleWords } from './run-words.ts'
import { useRunMinutes } from './use-run-minutes.ts'
import styles from './run-panel.module.css'

/** How the last run ended, and the ways to its proof, to its removal and to the next one. */
export function LastRun({ run }: { run: RunProgress }): React.ReactNode {
  const formOpen = useView((state) => state.runForm)
  const removed = removedWords(run)
  const asksUnknown = useMay('run') && run.unknown > 0 && !formOpen
  return (
    <>
      <p>{endWords(run)}</p>
      {/* Beside the form for the next one, this is enough of the last. */}
      {!formOpen && <Course run={run} />}
      {troubleWords(run).map((sentence) => (
        <p key={sentence} className={styles['trouble']}>
          {sentence}
        </p>
      ))}
      {asksUnknown && <UnknownChoices run={run} firstId={RUN_CHOICE_ID} />}
      {removed !== null && <p className={styles['quiet']}>{removed}</p>}
      <Ways run={run} formOpen={formOpen} asks={asksUnknown} />
    </>
  )
}

function Course({ run }: { run: RunProgress }): React.ReactNode {
  const zone = useDashboard((state) => state.session?.zone ?? 'UTC')
  const minutes = useRunMinutes(run)
  const pace = paceWords(run)
  return (
    <>
      {pace !== '' && <p className={styles['pace']}>{pace}</p>}
      <RunBars minutes={minutes} nowMinute={null} zone={zone} />
    </>
  )
}

interface WaysProps {
  readonly run: RunProgress
  readonly formOpen: boolean
  /** Whether something about this run is asked first. */
  readonly asks: boolean
}

function Ways({ run, formOpen, asks }: WaysProps): React.ReactNode {
  const { view } = useWorkbench()
  const mayRun = useMay('run')
  const { runId } = run
  return (
    <div className={styles['buttons']}>
      <Button onClick={() => openRunsPage(view, { runId, ask: 'audit' })}>Audit</Button>
      {mayRun && (
        <Button
          disabled={run.created === run.removed}
          onClick={() => openRunsPage(view, { runId, ask: 'clean-up' })}
        >
          Clean up…
        </Button>
      )}
      {mayRun && !formOpen && (
        <Button id={NEW_RUN_ID} kind={asks ? 'plain' : 'primary'} onClick={() => openRunForm(view)}>
          New run
        </Button>
      )}
    </div>
  )
}
