import type { RunCounts, SlotState } from './ledger.ts'

/** The columns of a `SlotMinute`, of slots grouped by their first. */
export const OF_MINUTE = `planned_ms / 60000 AS minute, COUNT(*) AS planned,
  COUNT(*) FILTER (WHERE state = 'created') AS created,
  COUNT(*) FILTER (WHERE state IN ('failed', 'unknown', 'skipped')) AS "notMade"`

/** What an engine counts of a run's slots. */
export interface CountedSlots {
  readonly states: readonly { readonly state: SlotState; readonly slots: number }[]
  readonly missed: number
  readonly removed: number
  readonly lateness: RunCounts['lateness']
}

/** See `LedgerStore.runCounts`. */
export function runCountsOf({ states, missed, removed, lateness }: CountedSlots): RunCounts {
  const inState = (state: SlotState): number => states.find((row) => row.state === state)?.slots ?? 0
  return {
    created: inState('created'),
    failed: inState('failed'),
    unknown: inState('unknown'),
    open: inState('planned') + inState('sent'),
    skipped: inState('skipped'),
    missed,
    removed,
    lateness,
  }
}
