import type { RunCounts, SlotState } from './ledger.ts'

// Rows as the port gives them, in SQL that both engines take.

export const RUN = `site_id AS "siteId", run_id AS "runId", project_key AS "projectKey", seed, planned,
  start_ms AS "startMs", end_ms AS "endMs", rate, profile, state, reason, wish AS requested, created_ms AS "createdAtMs",
  state_since_ms AS "stateSinceMs", revision, shifted_ms AS "shiftedMs"`

export const SLOT = `slot, planned_ms AS "plannedMs", priority_id AS "priorityId", project_key AS "projectKey",
  issue_type_id AS "issueTypeId", state, sent_ms AS "sentAtMs", answered_ms AS "answeredAtMs",
  lateness_ms AS "latenessMs", issue_id AS "issueId", issue_key AS "issueKey", reason, removed_ms AS "removedMs"`

export const SLOT_OF_RUN = `run_id AS "runId", ${SLOT}`

/** Of a run that a process works on, or worked on when it died. */
export const ACTIVE_STATES = `('running', 'pausing', 'stopping')`

/** True of every slot, and part of each query of the index slots_by_state, which is for those alone. */
export const IN_STATES = 'planned_ms >= -9007199254740991'

/** The columns of a `SlotMinute`, of slots grouped by their first. */
export const OF_MINUTE = `planned_ms / 60000 AS minute, COUNT(*) AS planned,
  COUNT(*) FILTER (WHERE state = 'created') AS created,
  COUNT(*) FILTER (WHERE state IN ('failed', 'unknown', 'skipped')) AS "notMade"`

export const TICKET = `id, key, project_key AS "projectKey", title, priority_id AS "priorityId",
  priority_name AS "priorityName", status, created_ms AS "createdMs", updated_ms AS "updatedMs"`

/** See `TicketRow`; without when it was missed. */
export const EXPORTED_TICKET = `${TICKET}, source, left_ms AS "leftMs", left_reason AS "leftReason",
  left_project_key AS "leftProjectKey"`

/** See `TicketRow`. */
export const STORED_TICKET = `${EXPORTED_TICKET}, missing_since_ms AS "missingSinceMs"`

export const LEFT_TICKET = `${TICKET}, left_ms AS "leftMs", left_reason AS reason`

/** See `LedgerStore.runCounts`: from the slots of each state, and what an engine counts otherwise. */
export function runCountsOf(
  states: readonly { readonly state: SlotState; readonly slots: number }[],
  counted: Pick<RunCounts, 'missed' | 'removed' | 'lateness'>,
): RunCounts {
  const inState = (state: SlotState): number => states.find((row) => row.state === state)?.slots ?? 0
  return {
    created: inState('created'),
    failed: inState('failed'),
    unknown: inState('unknown'),
    open: inState('planned') + inState('sent'),
    skipped: inState('skipped'),
    ...counted,
  }
}
