import { setImmediate } from 'node:timers/promises'
import type { Ticket } from '../../../src-shared/domain/ticket.ts'
import type { Leaver, TicketsQuery } from '../store.ts'
import type { Connection } from './connection.ts'
import { IN_SCOPE, scopeParams } from './scope.ts'

/** A ticket with the time (epoch ms) at which it left, or null while it is counted. */
export interface StoredTicket extends Ticket {
  readonly leftMs: number | null
}

const TICKET = `id, key, project_key AS projectKey, title, priority_id AS priorityId,
  priority_name AS priorityName, status, created_ms AS createdMs, updated_ms AS updatedMs`
/** So many tickets are read without letting the event loop go on. */
const TICKETS_A_READ = 1_000

/** Inside `read` or `write`. */
export function storedTicket(db: Connection, siteId: string, id: string): StoredTicket | undefined {
  return db
    .statement<StoredTicket>(`SELECT ${TICKET}, left_ms AS leftMs FROM tickets WHERE site_id = ? AND id = ?`)
    .get(siteId, id)
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

/** Takes the newer version of a ticket; one that had left is counted again. Inside `write`. */
export function replaceTicket(db: Connection, siteId: string, ticket: Ticket): void {
  db.statement(
    `UPDATE tickets SET key = ?, project_key = ?, title = ?, priority_id = ?, priority_name = ?, status = ?,
       created_ms = ?, updated_ms = ?, left_ms = NULL, left_reason = NULL
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
    siteId,
    ticket.id,
  )
}

/** Inside `write`. */
export function markLeft(db: Connection, siteId: string, leaver: Leaver): void {
  db.statement('UPDATE tickets SET left_ms = ?, left_reason = ? WHERE site_id = ? AND id = ?').run(
    leaver.atMs,
    leaver.reason,
    siteId,
    leaver.id,
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
