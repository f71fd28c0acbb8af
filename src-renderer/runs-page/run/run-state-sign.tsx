import { CircleCheck, CircleDot, CirclePause, CircleStop, TriangleAlert } from 'lucide-react'
import type { LucideIcon } from 'lucide-react'
import type { RunProgress } from '../../../src-shared/contract/models.ts'
import { runStateWords } from './run-facts-words.ts'
import styles from './run-state-sign.module.css'

/** Told apart by their shapes and words; colour only helps. */
const signs: Record<RunProgress['state'], LucideIcon> = {
  running: CircleDot,
  paused: CirclePause,
  stopped: CircleStop,
  done: CircleCheck,
  broken: TriangleAlert,
}

/** What a run is at. */
export function RunStateSign({ run }: { run: RunProgress }): React.ReactNode {
  const Sign = signs[run.state]
  return (
    <span className={styles['state']} data-state={run.state}>
      <Sign size={13} aria-hidden="true" />
      {runStateWords(run)}
    </span>
  )
}
