import { useEffect, useState } from 'react'
import type { Drill } from '../../src-shared/contract/alerts/drills.ts'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { realMsUntil } from '../../src-shared/domain/site-clock.ts'
import { drillText } from '../../src-shared/domain/run/drill-text.ts'
import { useDashboard, useWorkbench, useZone } from '../app/workbench.ts'
import { whileVisible } from '../live/timers.ts'
import { timeText } from '../live/text.ts'
import styles from './run-panel.module.css'

/** Once its alarm is due, whether it came is looked at so often (ms), until that is known. */
const LOOK_EVERY_MS = 1_000

/** Of a run that is a drill: when its alarm has to come, and whether it did. */
export function DrillLine({ run }: { run: RunProgress }): React.ReactNode {
  const zone = useZone()
  const drill = useDrill(run.runId)
  if (drill === null) return null
  const { state } = drill
  return (
    <p className={styles['drill']} data-state={state} aria-live="polite">
      {drillText(drill, (ms) => timeText(ms, zone))}
    </p>
  )
}

function useDrill(runId: string): Drill | null {
  const { client } = useWorkbench().transport
  const clock = useDashboard((state) => state.session?.clock ?? null)
  const [read, setRead] = useState<Drill | null>(null)
  const drill = read?.runId === runId ? read : null
  useEffect(() => {
    let stopped = false
    // Where it cannot be read, the window says why. What was read stays.
    const look = (): void =>
      void client.call('drills.get', { runId }).then(
        (found) => !stopped && setRead(found),
        () => {},
      )
    const leave = client.on('alerts.changed', look)
    look()
    return () => {
      stopped = true
      leave()
    }
  }, [client, runId])
  // That its time is over, no event says.
  const dueMs = drill?.state === 'waiting' ? drill.dueMs : null
  useEffect(() => {
    if (dueMs === null || clock === null) return undefined
    let leave = (): void => {}
    const look = (): void => void client.call('drills.get', { runId }).then(setRead, () => {})
    const timer = setTimeout(
      () => (leave = whileVisible(document, LOOK_EVERY_MS, look)),
      realMsUntil(clock, dueMs, Date.now()),
    )
    return () => {
      clearTimeout(timer)
      leave()
    }
  }, [client, runId, dueMs, clock])
  return drill
}
