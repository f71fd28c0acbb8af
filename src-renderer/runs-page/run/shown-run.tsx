import { CircleCheck, CircleDot, CirclePause, CircleStop, TriangleAlert, type LucideIcon } from 'lucide-react'
import { useState } from 'react'
import type { RunProgress } from '../../../src-shared/contract/runs/runs.ts'
import type { TimeSpan } from '../../../src-shared/domain/known-spans.ts'
import { minuteSpan, startOfMinute } from '../../../src-shared/domain/minute.ts'
import { waitsForStore, workedOnBy } from '../../../src-shared/domain/run/run-reason.ts'
import { spanOf } from '../../../src-shared/domain/span.ts'
import {
  runAgain,
  useDashboard,
  useMay,
  useSiteNow,
  useStoreFails,
  useWorkbench,
  useZone,
} from '../../app/workbench.ts'
import { Button } from '../../controls/button.tsx'
import { Facts } from '../../controls/data.tsx'
import { dayText, minutesText, momentText, numberText, timeText } from '../../live/text.ts'
import { RunBars } from '../../runs/run-minutes.tsx'
import { PauseButton, ResumeRun, StopButton, StopRun, Troubles } from '../../runs/run-controls.tsx'
import { draftOf, minutesOf } from '../../runs/run-fields.ts'
import { paceText, shownReason, standingOf, troubleText } from '../../runs/run-text.ts'
import { isChecking } from '../audit/audit.ts'
import { AuditPart } from '../audit/audit-part.tsx'
import { CleanUpPart } from '../clean-up/clean-up-part.tsx'
import { canCleanUp } from '../clean-up/clean-up.ts'
import { CopyButton } from '../../controls/copy-button.tsx'
import { FailureNote } from '../failure-note.tsx'
import { useAudits, useCleanUp, useRunsController, useShownRun } from '../runs-controller.ts'
import styles from '../runs-page.module.css'
import own from './shown-run.module.css'

/** Distinguished by their shapes and words; colour only helps. */
const states: Record<RunProgress['state'], readonly [sign: LucideIcon, word: string]> = {
  running: [CircleDot, 'Running'],
  paused: [CirclePause, 'Paused'],
  stopped: [CircleStop, 'Stopped'],
  done: [CircleCheck, 'Done'],
  broken: [TriangleAlert, 'Interrupted'],
}

/** One run: what it was, what became of it minute by minute, its audit and its clean-up. */
export function ShownRun(): React.ReactNode {
  const { run: controller } = useRunsController()
  const run = useShownRun((state) => state.run)
  const failure = useShownRun((state) => state.failure)
  const storeFails = useStoreFails()
  const zone = useZone()
  const nowMs = useSiteNow()
  return (
    <div className={styles['parts']}>
      <section className={styles['part']} aria-labelledby="shown-run">
        <div className={styles['title']}>
          <h2 id="shown-run">{run ? planSpanText(run, zone, nowMs) : 'Run'}</h2>
          {run && <RunStateSign run={run} />}
        </div>
        {failure && !storeFails && <FailureNote failure={failure} onRetry={controller.retry} />}
        {run && (
          <Troubles sentences={[shownReason(run, storeFails) ?? '', ...troubleText(run)].filter(Boolean)} />
        )}
        <RunActions run={run} />
        <RunFacts run={run} />
      </section>
      {run && (
        <section className={styles['part']} aria-labelledby="shown-minutes">
          <h2 id="shown-minutes">Planned and made, by minute</h2>
          <div className={own['bars']}>
            <RunBars run={run} />
          </div>
        </section>
      )}
      {run && <AuditPart target={{ runId: run.runId }} />}
      {run && <CleanUpPart run={run} />}
    </div>
  )
}

/** What a run was planned as, and how well it kept to it. Each has its place before it is known. */
function RunFacts({ run }: { run: RunProgress | null }): React.ReactNode {
  const by = run && workedOnBy(run)
  const seed = (
    <span className={own['seed']}>
      {run?.seed ?? '–'}
      {run && <CopyButton text={String(run.seed)} label="Copy the seed" />}
    </span>
  )
  return (
    <Facts
      className={own['facts']}
      facts={[
        ['Tickets', run ? outcomeText(run) : '–'],
        ['Project', run?.projectKey ?? '–'],
        ['Profile', run ? profileText(run) : '–'],
        ['Seed', seed],
        ['Length', run ? `${minutesText(minutesOf(run))}, ${speedText(run.rate)}` : '–'],
        ['Sent', run ? paceText(run) || 'nothing yet' : '–'],
        ...(by === null ? [] : [['Runs on', by] as const]),
        ['Run', run?.runId ?? '–'],
      ]}
    />
  )
}

function RunActions({ run }: { run: RunProgress | null }): React.ReactNode {
  const { audit, cleanUp } = useRunsController()
  const checking = useAudits((state) => run !== null && isChecking(state, run))
  const mayRun = useMay('run')
  const cleaning = useCleanUp((state) => state.busy !== null || state.cleanUp?.state === 'running')
  if (run === null) return <div className={styles['buttons']} data-empty />
  return (
    <div className={styles['buttons']}>
      {mayRun && <Resume run={run} />}
      {mayRun && <PauseAndStop run={run} />}
      <Button aria-disabled={checking} onClick={() => audit.check({ runId: run.runId })}>
        {checking ? 'Auditing…' : 'Audit'}
      </Button>
      <ShowInChart run={run} />
      {mayRun && canCleanUp(run) && (
        <Button disabled={cleaning} onClick={() => cleanUp.look(run.runId)}>
          Clean up…
        </Button>
      )}
      {mayRun && <SameAgain run={run} />}
    </div>
  )
}

/** What holds or ends it. An older one that stands still can be ended, too. */
function PauseAndStop({ run }: { run: RunProgress }): React.ReactNode {
  const [asks, setAsks] = useState(false)
  const isCurrent = useDashboard((dashboard) => dashboard.run?.runId === run.runId)
  if (standingOf(run).hasEnded) return null
  if (!isCurrent) {
    return (
      <>
        <StopButton onAsk={() => setAsks(true)} />
        {asks && <StopRun run={run} onClose={() => setAsks(false)} />}
      </>
    )
  }
  return (
    <>
      {(run.state === 'running' || waitsForStore(run)) && <PauseButton />}
      <StopButton />
    </>
  )
}

/** All of the run, with a little before and after it. */
function ShowInChart({ run }: { run: RunProgress }): React.ReactNode {
  const { dashboard, view } = useWorkbench()
  return (
    <Button
      onClick={() => {
        const { fromMs, toMs } = framedSpan(run)
        dashboard.showSpan(spanOf(fromMs, toMs))
        view.put({ page: 'dashboard', cursor: null })
      }}
    >
      Show in chart
    </Button>
  )
}

/** Whole minutes: the run's, and on both sides a twentieth of its length, two at least. */
export function framedSpan({ startMs, endMs }: Pick<RunProgress, 'startMs' | 'endMs'>): TimeSpan {
  const { fromMinute, toMinute } = minuteSpan(startMs, endMs)
  const margin = Math.max(2, Math.ceil((toMinute - fromMinute) / 20))
  return { fromMs: startOfMinute(fromMinute - margin), toMs: startOfMinute(toMinute + margin) }
}

/** Fills in the form with it, which is there while no run is under way. */
function SameAgain({ run }: { run: RunProgress }): React.ReactNode {
  const { view } = useWorkbench()
  const watched = useDashboard((dashboard) => dashboard.session?.projectKey ?? null)
  if (useDashboard((dashboard) => standingOf(dashboard.run).isUnderWay)) return null
  return <Button onClick={() => runAgain(view, draftOf(run, watched))}>Same again</Button>
}

/** A run that stands still goes on; asks first where something was missed or is in doubt. */
function Resume({ run }: { run: RunProgress }): React.ReactNode {
  const { orders } = useWorkbench()
  const [asks, setAsks] = useState(false)
  const pending = useDashboard((state) => state.pending.includes('resume'))
  const { stands, inDoubt, mustChoose } = standingOf(run)
  if (!stands && !inDoubt) return null
  return (
    <>
      <Button
        kind={stands ? 'primary' : 'plain'}
        disabled={pending}
        onClick={() => (mustChoose ? setAsks(true) : orders.resumeRun({ runId: run.runId }))}
      >
        {stands ? `Resume${mustChoose ? '…' : ''}` : 'Look for the unknown…'}
      </Button>
      {asks && <ResumeRun run={run} onClose={() => setAsks(false)} />}
    </>
  )
}

/** What a run is at. */
export function RunStateSign({ run }: { run: RunProgress }): React.ReactNode {
  const [Sign] = states[run.state]
  return (
    <span className={own['state']} data-state={run.state}>
      <Sign size={13} aria-hidden="true" />
      {runStateText(run)}
    </span>
  )
}

/** What a run is at, in a word. */
export function runStateText(run: RunProgress): string {
  return waitsForStore(run) ? 'Waiting' : states[run.state][1]
}

/** Slots that will not make a ticket any more, as far as is known. */
export function notMade(run: RunProgress): number {
  const { planned, created, failed, skipped, unknown } = run
  return standingOf(run).hasEnded ? planned - created - unknown : failed + skipped
}

/** `97 of 100 created, 2 not made, 1 unknown`. */
export function outcomeText(run: RunProgress): string {
  const { planned, created, unknown, removed } = run
  const lost = notMade(run)
  const parts = [
    `${numberText(created)} of ${numberText(planned)} created`,
    lost > 0 && `${numberText(lost)} not made`,
    unknown > 0 && `${numberText(unknown)} unknown`,
    removed > 0 && (removed === created ? 'all deleted again' : `${numberText(removed)} deleted again`),
  ]
  return parts.filter((part) => part !== false).join(', ')
}

/** `Tue 24 Nov, 14:00–15:00`; the second day too, where it is another. `nowMs` is the site's. */
export function planSpanText(
  { startMs, endMs }: Pick<RunProgress, 'startMs' | 'endMs'>,
  zone: string,
  nowMs: number,
): string {
  const from = `${dayText(startMs, zone, nowMs)}, ${timeText(startMs, zone)}`
  // Shown from its own day, the end says its day only where that is another.
  const to = momentText(endMs, zone, startMs)
  return to === timeText(endMs, zone) ? `${from}–${to}` : `${from} to ${to}`
}

/** `spike 30m x5 10m`, and that it had no others than watched priorities. */
function profileText({ profile, mix }: RunProgress): string {
  return mix === 'watched' ? `${profile}, watched priorities alone` : profile
}

/** `real time`, `60 × real time`. */
export function speedText(rate: number): string {
  return rate === 1 ? 'real time' : `${numberText(rate)} × real time`
}
