import type { LeftTicket, Ticket } from '../../../src-shared/domain/ticket.ts'
import { EXPORTED_TICKET, LEFT_TICKET, TICKET } from '../rows.ts'
import { inSteps } from '../steps.ts'
import type { TicketsQuery } from '../store.ts'
import {
  BEFORE_ALL_REMOVED,
  exportedTicket,
  placeBefore,
  type TicketRow,
  type ExportedTicket,
  type TicketsAfter,
} from '../stored-ticket.ts'
import type { PostgresDb } from './connection/connection.ts'
import { IN_SCOPE, scopeParams } from './counts.ts'

/**
 * The tickets of the ids $2 of the site $1: each of them one seek in the primary key, whatever the server knows or
 * believes of how many tickets there are.
 */
export const BY_IDS = `unnest($2::text[]) AS wanted (wanted_id)
  CROSS JOIN LATERAL (SELECT * FROM tickets WHERE site_id = $1 AND id = wanted_id LIMIT 1) AS found`

const BATCH_SIZE = 1_000

/** See `Store.tickets`. */
export function tickets(db: PostgresDb, query: TicketsQuery): Promise<Ticket[]> {
  const { siteId, fromMs, limit } = query
  const { atMs, id } = placeBefore(query)
  return db.query<Ticket>(
    `SELECT ${TICKET} FROM tickets
     WHERE ${IN_SCOPE} AND created_ms >= $4 AND (created_ms, id) < ($5, $6) AND left_ms IS NULL
     ORDER BY created_ms DESC, id DESC LIMIT $7`,
    [...scopeParams(siteId, query), fromMs, atMs, id, limit],
  )
}

/** See `Store.countedTickets`. */
export function countedTickets(db: PostgresDb, siteId: string, ids: readonly string[]): Promise<Ticket[]> {
  return inSteps(ids, BATCH_SIZE, (some) =>
    db.scan<Ticket>(`SELECT ${TICKET} FROM ${BY_IDS} WHERE left_ms IS NULL`, [siteId, some]),
  )
}

/** See `Store.removedTickets`. Which they are is read from tickets_by_leaving alone, however many there are. */
export function removedTickets(
  db: PostgresDb,
  query: Omit<TicketsQuery, 'priorityIds'>,
): Promise<LeftTicket[]> {
  const { siteId, projectKey, fromMs, toMs, limit } = query
  const { atMs, id } = query.after ?? BEFORE_ALL_REMOVED
  return db.query<LeftTicket>(
    `SELECT ${LEFT_TICKET}
     FROM (
       SELECT id AS wanted FROM tickets
       WHERE site_id = $1 AND created_ms >= $2 AND created_ms < $3 AND left_ms IS NOT NULL AND (left_ms, id) < ($6, $7)
         AND ($4::text IS NULL OR left_project_key = $4)
       ORDER BY left_ms DESC, id DESC LIMIT $5
     ) AS listed
     JOIN tickets ON site_id = $1 AND id = listed.wanted
     ORDER BY left_ms DESC, id DESC`,
    [siteId, fromMs, toMs, projectKey, limit, atMs, id],
  )
}

type ExportRow = Omit<TicketRow, 'missingSinceMs'>

/** See `Store.ticketsAfter`. */
export async function ticketsAfter(db: PostgresDb, query: TicketsAfter): Promise<ExportedTicket[]> {
  const { siteId, projectKey, fromMs, toMs, limit } = query
  const { createdMs, id } = query.after ?? { createdMs: fromMs, id: '' }
  const rows = await db.scan<ExportRow>(
    `SELECT ${EXPORTED_TICKET}
     FROM tickets
     WHERE site_id = $1 AND (created_ms, id) > ($2, $3) AND created_ms < $4
       AND ($5::text IS NULL OR project_key = $5)
     ORDER BY created_ms, id LIMIT $6`,
    [siteId, createdMs, id, toMs, projectKey, limit],
  )
  return rows.map(exportedTicket)
}
