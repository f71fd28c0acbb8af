import { STORED_TICKET } from '../columns.ts'
import type { DecidedRow } from '../decide-page.ts'
import type { StoredTicket } from '../stored-ticket.ts'
import type { Connection } from './connection.ts'

/** Those of the ids that are stored, by id, left or not. Inside `read` or `write`. */
export function storedTickets(
  db: Connection,
  siteId: string,
  ids: readonly string[],
): Map<string, StoredTicket> {
  const rows = db
    .statement<StoredTicket>(
      `SELECT ${STORED_TICKET} FROM tickets
       WHERE site_id = ? AND id IN (SELECT value FROM json_each(?))`,
    )
    .all(siteId, JSON.stringify(ids))
  return new Map(rows.map((row) => [row.id, row]))
}

/** Writes a row as it is to be; `seenAtMs` is when a new one was first seen. Inside `write`. */
export function writeTicket(db: Connection, siteId: string, row: DecidedRow, seenAtMs: number): void {
  db.statement(row.isNew ? INSERT : UPDATE).run(
    row.key,
    row.projectKey,
    row.title,
    row.priorityId,
    row.priorityName,
    row.status,
    row.createdMs,
    row.updatedMs,
    row.source,
    row.leftMs,
    row.leftReason,
    row.leftProjectKey,
    row.missingSinceMs,
    siteId,
    row.id,
    ...(row.isNew ? [seenAtMs] : []),
  )
}

const INSERT = `INSERT INTO tickets (key, project_key, title, priority_id, priority_name, status, created_ms, updated_ms,
    source, left_ms, left_reason, left_project_key, missing_since_ms, site_id, id, first_seen_ms)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

const UPDATE = `UPDATE tickets SET key = ?, project_key = ?, title = ?, priority_id = ?, priority_name = ?, status = ?,
    created_ms = ?, updated_ms = ?, source = ?, left_ms = ?, left_reason = ?, left_project_key = ?, missing_since_ms = ?
  WHERE site_id = ? AND id = ?`
