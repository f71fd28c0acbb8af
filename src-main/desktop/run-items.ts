import type { RunProgress } from '../../src-shared/contract/runs.ts'

/** The menu's items that depend on the last run. */
export const RUN_ITEMS = [
  'run-start',
  'run-pause',
  'run-resume',
  'run-stop',
  'run-audit',
  'run-clean-up',
  'runs',
] as const
export type RunItem = (typeof RUN_ITEMS)[number]

/** Which of them can be chosen with the last run as it is; null before the first. */
export function possibleRunItems(run: RunProgress | null): ReadonlySet<RunItem> {
  return new Set<RunItem>(['runs', ...(run === null ? (['run-start'] as const) : itemsOf(run))])
}

function itemsOf({ state, waits, created, removed, unknown }: RunProgress): readonly RunItem[] {
  const cleanUp = created > removed ? (['run-clean-up'] as const) : []
  switch (state) {
    case 'running':
      return ['run-pause', 'run-stop', 'run-audit']
    case 'paused':
      // One that waits for its store goes on by itself; a person can hold it, or end it.
      return [waits === true ? 'run-pause' : 'run-resume', 'run-stop', 'run-audit']
    case 'broken':
      return ['run-start', 'run-resume', 'run-stop', 'run-audit', ...cleanUp]
    default: // done, stopped
      // Of slots that nobody knows of, the person decides.
      return ['run-start', ...(unknown > 0 ? (['run-resume'] as const) : []), 'run-audit', ...cleanUp]
  }
}
