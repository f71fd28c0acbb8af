import { useEffect, useState } from 'react'
import type { Result } from '../../src-shared/contract/methods.ts'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { openRunsPage, useWorkbench } from '../app/workbench.ts'
import { Button } from '../controls/button.tsx'
import { createRefresher } from '../live/timers.ts'
import styles from './run-panel.module.css'
import { chartedLineText } from './run-text.ts'

/** Between two readings while tickets stream in, and for each slot of the run: the core looks for each ticket. */
const GAP_MS = 1_000
const GAP_MS_PER_SLOT = 0.05

/** What the chart shows of a run that has ended, of what was planned for it, and the way to the proof. */
export function ChartedLine({ run }: { run: RunProgress }): React.ReactNode {
  const { view } = useWorkbench()
  const counted = useCharted(run)
  return (
    <p className={styles['charted']}>
      {/* Its place is there before it is known. */}
      {counted === null ? '\u00a0' : `${chartedLineText(counted, run)} · `}
      <Button kind="quiet" onClick={() => openRunsPage(view, { runId: run.runId, ask: 'audit' })}>
        Audit
      </Button>
    </p>
  )
}

/** Kept up to date: Jira’s index may be behind when the last ticket is made, and a clean-up takes them away again. */
function useCharted({ runId, planned }: RunProgress): Result<'runs.charted'> | null {
  const { client } = useWorkbench().transport
  const [read, setRead] = useState<{ runId: string; counted: Result<'runs.charted'> } | null>(null)
  useEffect(() => {
    let stopped = false
    const refresher = createRefresher(
      async () => {
        // Where it cannot be read, the window says why. What was read stays.
        const counted = await client.call('runs.charted', { runId }).catch(() => null)
        if (!stopped && counted !== null) setRead({ runId, counted })
      },
      Math.max(GAP_MS, planned * GAP_MS_PER_SLOT),
    )
    const leave = client.on('counts.changed', () => refresher.request())
    refresher.request(true)
    return () => {
      stopped = true
      leave()
      refresher.stop()
    }
  }, [client, runId, planned])
  return read?.runId === runId ? read.counted : null
}
