import type { RunProgress } from '../../src-shared/contract/models.ts'

/** The run that the window shows when it is told of one: slots of an older run that are looked for again say nothing of the last. */
export function latestRun(shown: RunProgress | null, told: RunProgress): RunProgress {
  const isNews =
    shown === null || shown.runId === told.runId || told.state === 'running' || told.startMs >= shown.startMs
  return isNews ? told : shown
}
