import { useEffect, useState } from 'react'
import type { Drill } from '../../src-shared/contract/drills.ts'
import type { RunProgress } from '../../src-shared/contract/runs.ts'
import { drillText } from '../../src-shared/domain/run/drill-text.ts'
import { useWorkbench, useZone } from '../app/workbench.ts'
import { whileVisible } from '../live/timers.ts'
import { timeText } from '../live/text.ts'
import styles from './run-panel.module.css'

/** While its alarm is waited for, whether its time is over is looked at so often (ms). */
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
  const [read, setRead] = useState<Drill | null>(null)
  const drill = read?.runId === runId ? read : null
  const isAwaited = drill?.state === 'waiting'
  useEffect(() => {
    let stopped = false
    // Where it cannot be read, the window says why. What was read stays.
    const look = (): void =>
      void client.call('drills.get', { runId }).then(
        (found) => !stopped && setRead(found),
        () => {},
      )
    const leave = client.on('alerts.changed', look)
    const end = isAwaited ? whileVisible(document, LOOK_EVERY_MS, look) : null
    if (!isAwaited) look()
    return () => {
      stopped = true
      leave()
      end?.()
    }
  }, [client, runId, isAwaited])
  return drill
}
