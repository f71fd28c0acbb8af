import type { LeftTicket } from '../../../src-shared/domain/ticket.ts'
import { LEFT_TICKET } from '../columns.ts'
import type { TicketsQuery } from '../store.ts'
import { BEFORE_ALL_THAT_LEFT } from '../stored-ticket.ts'
import type { Connection } from './connection.ts'

/** See `Store.leftTickets`. Which they are is read from tickets_by_leaving alone, however many there are. */
export function leftTickets(db: Connection, query: Omit<TicketsQuery, 'priorityIds'>): Promise<LeftTicket[]> {
  const { siteId, projectKey, fromMs, toMs, limit } = query
  const { atMs, id } = query.after ?? BEFORE_ALL_THAT_LEFT
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
