import { useState } from 'react'
import type { RunProgress } from '../../../src-shared/contract/models.ts'
import { runAgain } from '../../app/view-state.ts'
import { useDashboard, useMay, useWorkbench } from '../../app/workbench.ts'
import { Button } from '../../controls/button.tsx'
import { PauseButton, StopButton } from '../../runs/halt-buttons.tsx'
import { ResumeRun } from '../../runs/resume-run.tsx'
import { draftOf } from '../../runs/run-fields.ts'
import { isChecking } from '../audit/audit-desk.ts'
import { canCleanUp } from '../clean-up/clean-up-words.ts'
import { useAudits, useCleanUp, useRunsDesk } from '../runs-desk.ts'
import styles from '../runs-page.module.css'

/** What can be done with a run. */
export function RunActions({ run }: { run: RunProgress | null }): React.ReactNode {
  const { audit, cleanUp } = useRunsDesk()
  const checking = useAudits((state) => run !== null && isChecking(state, run))
  const mayRun = useMay('run')
  const cleaning = useCleanUp((state) => state.busy !== null || state.cleanUp?.state === 'running')
  if (run === null) return <div className={styles['buttons']} data-empty />
  return (
    <div className={styles['buttons']}>
      {mayRun && <Resume run={run} />}
      {mayRun && <Halt run={run} />}
      <Button aria-disabled={checking} onClick={() => audit.check({ runId: run.runId })}>
        {checking ? 'Auditing…' : 'Audit'}
      </Button>
      {mayRun && canCleanUp(run) && (
        <Button disabled={cleaning} onClick={() => cleanUp.look(run.runId)}>
          Clean up…
        </Button>
      )}
      {mayRun && <SameAgain run={run} />}
    </div>
  )
}

/** What holds or ends it, where it is the one under way or the last. */
function Halt({ run: { runId, state, waits } }: { run: RunProgress }): React.ReactNode {
  const isCurrent = useDashboard((dashboard) => dashboard.run?.runId === runId)
  if (!isCurrent || state === 'done' || state === 'stopped') return null
  return (
    <>
      {(state === 'running' || waits === true) && <PauseButton />}
      <StopButton />
    </>
  )
}

/** Fills in the form with it, which is there while no run is under way. */
function SameAgain({ run }: { run: RunProgress }): React.ReactNode {
  const { view } = useWorkbench()
  const watched = useDashboard((dashboard) => dashboard.session?.projectKey ?? null)
  const isUnderWay = useDashboard(
    (dashboard) => dashboard.run?.state === 'running' || dashboard.run?.state === 'paused',
  )
  if (isUnderWay) return null
  return <Button onClick={() => runAgain(view, draftOf(run, watched))}>Same again</Button>
}

/** A run that stands still goes on; asks first where something was missed, or nobody knows what became of it. */
function Resume({ run }: { run: RunProgress }): React.ReactNode {
  const { orders } = useWorkbench()
  const [asks, setAsks] = useState(false)
  const pending = useDashboard((state) => state.pending.includes('resume'))
  const stands = run.state === 'broken' || (run.state === 'paused' && run.waits !== true)
  const doubt = run.unknown > 0 && (run.state === 'done' || run.state === 'stopped')
  if (!stands && !doubt) return null
  const mustAsk = run.missed > 0 || doubt
  return (
    <>
      <Button
        kind={stands ? 'primary' : 'plain'}
        disabled={pending}
        onClick={() => (mustAsk ? setAsks(true) : orders.resumeRun({ runId: run.runId }))}
      >
        {stands ? `Resume${mustAsk ? '…' : ''}` : 'Look for the unknown…'}
      </Button>
      {asks && <ResumeRun run={run} onClose={() => setAsks(false)} />}
    </>
  )
}
