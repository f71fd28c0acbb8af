// Rows as the port gives them, in SQL that both engines take.

export const TICKET = `id, key, project_key AS "projectKey", title, priority_id AS "priorityId",
  priority_name AS "priorityName", status, created_ms AS "createdMs", updated_ms AS "updatedMs"`

/** See `TicketRow`; without when it was missed. */
export const EXPORTED_TICKET = `${TICKET}, source, left_ms AS "leftMs", left_reason AS "leftReason",
  left_project_key AS "leftProjectKey"`

/** See `TicketRow`. */
export const STORED_TICKET = `${EXPORTED_TICKET}, missing_since_ms AS "missingSinceMs"`

export const LEFT_TICKET = `${TICKET}, left_ms AS "leftMs", left_reason AS reason`
