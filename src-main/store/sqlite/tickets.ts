import { setImmediate } from 'node:timers/promises'
import type { LeaveReason, Ticket } from '../../../src-shared/domain/ticket.ts'
import type { TicketsQuery } from '../store.ts'
import type { Connection } from './connection.ts'
import { IN_SCOPE, scopeParams } from './scope.ts'

/** A ticket as its row is: counted while `leftMs` is null. */
export interface StoredTicket extends Ticket {
  readonly leftMs: number | null
  readonly leftReason: LeaveReason | null
  readonly leftProjectKey: string | null
  readonly missingSinceMs: number | null
}

/** When, why and from which project a ticket left. */
export interface Leaving {
  readonly atMs: number
  readonly reason: LeaveReason
  readonly projectKey: string
}

export const TICKET = `id, key, project_key AS projectKey, title, priority_id AS priorityId,
  priority_name AS priorityName, status, created_ms AS createdMs, updated_ms AS updatedMs`
/** So many tickets are read without letting the event loop go on. */
const TICKETS_A_READ = 1_000

/** Those of the ids that are stored, by id, left or not. Inside `read` or `write`. */
export function storedTickets(
  db: Connection,
  siteId: string,
  ids: readonly string[],
): Map<string, StoredTicket> {
  const rows = db
    .statement<StoredTicket>(
      `SELECT ${TICKET}, left_ms AS leftMs, left_reason AS leftReason, left_project_key AS leftProjectKey,
         missing_since_ms AS missingSinceMs
       FROM tickets WHERE site_id = ? AND id IN (SELECT value FROM json_each(?))`,
    )
    .all(siteId, JSON.stringify(ids))
  return new Map(rows.map((row) => [row.id, row]))
}

/** Inside `write`. */
export function insertTicket(db: Connection, siteId: string, ticket: Ticket, seenAtMs: number): void {
  db.statement(
    `INSERT INTO tickets (site_id, id, key, project_key, title, priority_id, priority_name, status,
       created_ms, updated_ms, first_seen_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  ).run(
    siteId,
    ticket.id,
    ticket.key,
    ticket.projectKey,
    ticket.title,
    ticket.priorityId,
    ticket.priorityName,
    ticket.status,
    ticket.createdMs,
    ticket.updatedMs,
    seenAtMs,
  )
}

/** Writes a ticket's present form, as one that left or, where `left` is null, counts. Inside `write`. */
export function rewriteTicket(db: Connection, siteId: string, ticket: Ticket, left: Leaving | null): void {
  db.statement(
    `UPDATE tickets SET key = ?, project_key = ?, title = ?, priority_id = ?, priority_name = ?, status = ?,
       created_ms = ?, updated_ms = ?, left_ms = ?, left_reason = ?, left_project_key = ?, missing_since_ms = NULL
     WHERE site_id = ? AND id = ?`,
  ).run(
    ticket.key,
    ticket.projectKey,
    ticket.title,
    ticket.priorityId,
    ticket.priorityName,
    ticket.status,
    ticket.createdMs,
    ticket.updatedMs,
    left?.atMs ?? null,
    left?.reason ?? null,
    left?.projectKey ?? null,
    siteId,
    ticket.id,
  )
}

/** See `Store.tickets`. */
export function tickets(db: Connection, query: TicketsQuery): Promise<Ticket[]> {
  const { siteId, fromMs, toMs, limit } = query
  return db.read(() =>
    db
      .statement<Ticket>(
        `SELECT ${TICKET} FROM tickets
         WHERE ${IN_SCOPE} AND created_ms >= @fromMs AND created_ms < @toMs AND left_ms IS NULL
         ORDER BY created_ms DESC, id DESC LIMIT @limit`,
      )
      .all({ ...scopeParams(siteId, query), fromMs, toMs, limit }),
  )
}

/** See `Store.countedTickets`. */
export async function countedTickets(
  db: Connection,
  siteId: string,
  ids: readonly string[],
): Promise<Ticket[]> {
  const found: Ticket[] = []
  for (let from = 0; from < ids.length; from += TICKETS_A_READ) {
    if (from > 0) await setImmediate()
    const some = JSON.stringify(ids.slice(from, from + TICKETS_A_READ))
    const rows = await db.read(() =>
      db
        .statement<Ticket>(
          `SELECT ${TICKET} FROM tickets
           WHERE site_id = ? AND id IN (SELECT value FROM json_each(?)) AND left_ms IS NULL`,
        )
        .all(siteId, some),
    )
    found.push(...rows)
  }
  return found
}
