import { useEffect, useRef } from 'react'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import type { Session } from '../../src-shared/contract/tickets.ts'
import { waitsForStore, workedOnBy } from '../../src-shared/domain/run/run-reason.ts'
import {
  NEW_RUN_ID,
  openRunForm,
  openRunsPage,
  RUN_CHOICE_ID,
  useDashboard,
  useMay,
  useStoreFails,
  useView,
  useWorkbench,
  useZone,
} from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { ProgressBar } from '../controls/data.tsx'
import { whileVisible } from '../live/timers.ts'
import { timeText } from '../live/text.ts'
import { ChartedLine } from './charted-line.tsx'
import { DrillLine } from './drill-line.tsx'
import { RunBars } from './run-minutes.tsx'
import { MissedChoices, PauseButton, StopButton, Troubles, UnknownChoices } from './run-controls.tsx'
import { RunForm } from './run-form.tsx'
import styles from './run-panel.module.css'
import {
  endText,
  paceText,
  rehearsalText,
  removedText,
  restText,
  shownReason,
  standingOf,
  troubleText,
} from './run-text.ts'

const REST_MS = 5_000

/** The run under way with its progress, or the last one's end and the form for the next. */
export function RunPanel(): React.ReactNode {
  const { view } = useWorkbench()
  const session = useDashboard((state) => state.session)
  const run = useDashboard((state) => state.run)
  const mayRun = useMay('run')
  const { hasEnded, isUnderWay } = standingOf(run)
  // The form has done its work; the next one is asked for anew.
  useEffect(() => {
    if (isUnderWay) view.put({ runForm: false, runDraft: null })
  }, [isUnderWay, view])
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
        {mayRun && session !== null && !isUnderWay && <NextRun session={session} run={run} />}
        {!mayRun && <p className="quiet">This browser may look on. Others start and stop runs.</p>}
      </div>
    </section>
  )
}

/**
 * Keeps the focus in a part of the page whose buttons take each other's place: where the one that had it is gone after
 * `state` has changed, the first of the new ones gets it. A focus that was moved meanwhile stays.
 */
function useKeptFocus(part: React.RefObject<HTMLElement | null>, state: unknown): void {
  const isInside = useRef(false)
  useEffect(() => {
    const onMove = ({ target }: Event): void => {
      isInside.current = target instanceof Node && part.current?.contains(target) === true
    }
    addEventListener('focusin', onMove)
    addEventListener('pointerdown', onMove)
    return () => {
      removeEventListener('focusin', onMove)
      removeEventListener('pointerdown', onMove)
    }
  }, [part])
  const known = useRef(state)
  useEffect(() => {
    if (known.current === state) return
    known.current = state
    const isLost = document.activeElement === null || document.activeElement === document.body
    if (isInside.current && isLost) part.current?.querySelector<HTMLElement>('button:enabled')?.focus()
  }, [part, state])
}

/** The form for the next run. In a Jira that others use it is closed until it is asked for. */
function NextRun({ session, run }: { session: Session; run: RunProgress | null }): React.ReactNode {
  const formOpen = useView((state) => state.runForm)
  if (formOpen || (run === null && session.site.kind === 'sandbox')) return <RunForm session={session} />
  if (run !== null) return null
  return (
    <>
      <p>{rehearsalText(session)}</p>
      <NewRunButton kind="quiet" />
    </>
  )
}

function LastRun({ run }: { run: RunProgress }): React.ReactNode {
  const formOpen = useView((state) => state.runForm)
  const removed = removedText(run)
  const asksUnknown = useMay('run') && run.unknown > 0 && !formOpen
  return (
    <>
      <p>{endText(run)}</p>
      <DrillLine run={run} />
      <ChartedLine run={run} />
      {/* Next to the form for the next one, this is enough of the last. */}
      {!formOpen && <RunBars run={run} />}
      <Troubles sentences={troubleText(run)} />
      {asksUnknown && <UnknownChoices run={run} firstId={RUN_CHOICE_ID} />}
      {removed !== null && <p className="quiet">{removed}</p>}
      <Ways run={run} asks={asksUnknown} />
    </>
  )
}

/** `asks`: something about this run is asked first. */
function Ways({ run, asks }: { run: RunProgress; asks: boolean }): React.ReactNode {
  const { view } = useWorkbench()
  const mayRun = useMay('run')
  const isSandbox = useDashboard((state) => state.session?.site.kind === 'sandbox')
  const { runId } = run
  return (
    <div className={styles['buttons']}>
      {mayRun && (
        <Button
          disabled={run.created === run.removed}
          onClick={() => openRunsPage(view, { runId, ask: 'clean-up' })}
        >
          Clean up…
        </Button>
      )}
      {mayRun && <NewRunButton kind={asks || !isSandbox ? 'plain' : 'primary'} />}
    </div>
  )
}

function RunUnderWay({ run }: { run: RunProgress }): React.ReactNode {
  const zone = useZone()
  const isRunning = run.state === 'running'
  const by = workedOnBy(run)
  return (
    <>
      <p className={styles['line']}>
        <span>
          <b>{run.created.toLocaleString('en-GB')}</b> of {run.planned.toLocaleString('en-GB')} created
        </span>
        <span className="quiet">{standingText(run, zone)}</span>
      </p>
      <ProgressBar aria-label="Tickets created" max={run.planned} value={run.created} rests={!isRunning} />
      <p className={styles['pace']}>{paceText(run)}</p>
      <DrillLine run={run} />
      <RunBars run={run} />
      {isRunning ? <RunningButtons /> : <AtRest run={run} />}
      {by !== null && <p className="quiet">Jira TPM on {by} works on it.</p>}
      <Troubles sentences={troubleText(run)} />
    </>
  )
}

/** `until 15:04`, or why no ticket comes, in a word. */
function standingText(run: RunProgress, zone: string): string {
  return run.state === 'running' ? `until ${timeText(run.endMs, zone)}` : restText(run)
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

function AtRest({ run }: { run: RunProgress }): React.ReactNode {
  const { dashboard } = useWorkbench()
  // Its slots go by meanwhile, and no event says so.
  useEffect(() => whileVisible(document, REST_MS, dashboard.readRun), [dashboard])
  const storeFails = useStoreFails()
  const mayRun = useMay('run')
  const reason = shownReason(run, storeFails)
  const waits = waitsForStore(run)
  const chooses = mayRun && run.missed > 0 && !waits
  return (
    <>
      {reason !== null && <p className="trouble">{reason}</p>}
      {chooses && <MissedChoices run={run} firstId={RUN_CHOICE_ID} />}
      {mayRun && (
        <div className={styles['buttons']}>
          {waits && <PauseButton />}
          {!waits && !chooses && <ResumeButton runId={run.runId} />}
          <StopButton />
          {run.state === 'broken' && <NewRunButton kind="plain" />}
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

/** Starting another run leaves this one as it stands. In a Jira that others use the button says where. */
function NewRunButton({ kind }: { kind: 'primary' | 'plain' | 'quiet' }): React.ReactNode {
  const { view } = useWorkbench()
  const site = useDashboard((state) => state.session?.site)
  if (useView((state) => state.runForm) || site === undefined) return null
  return (
    <Button id={NEW_RUN_ID} kind={kind} className={styles['new']} onClick={() => openRunForm(view)}>
      {site.kind === 'sandbox' ? 'New run' : `Rehearse on ${site.label}…`}
    </Button>
  )
}
