import { useState } from 'react'
import type { RunProgress } from '../../../src-shared/contract/models.ts'
import { runAgain } from '../../app/commands.ts'
import { useDashboard, useWorkbench } from '../../app/workbench.ts'
import { Button } from '../../controls/button.tsx'
import { ResumeRun } from '../../runs/resume-run.tsx'
import { isChecking } from '../audit/audit-desk.ts'
import { canCleanUp } from '../clean-up/clean-up-words.ts'
import { useAudits, useCleanUp, useRunsDesk } from '../runs-desk.ts'
import styles from '../runs-page.module.css'
import { minutesOf } from './run-facts-words.ts'

/** What can be done with a run. */
export function RunActions({ run }: { run: RunProgress | null }): React.ReactNode {
  const workbench = useWorkbench()
  const { audit, cleanUp } = useRunsDesk()
  const checking = useAudits((state) => run !== null && isChecking(state, run))
  const cleaning = useCleanUp((state) => state.busy !== null || state.cleanUp?.state === 'running')
  if (run === null) return <div className={styles['buttons']} data-empty />
  return (
    <div className={styles['buttons']}>
      <Resume run={run} />
      <Button disabled={checking} onClick={() => audit.check({ runId: run.runId })}>
        {checking ? 'Auditing…' : 'Audit'}
      </Button>
      {canCleanUp(run) && (
        <Button disabled={cleaning} onClick={() => cleanUp.look(run.runId)}>
          Clean up…
        </Button>
      )}
      <Button
        onClick={() =>
          runAgain(workbench, {
            count: run.planned,
            minutes: minutesOf(run),
            seed: run.seed,
            profile: run.profile,
          })
        }
      >
        Same again
      </Button>
    </div>
  )
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
