import type { LeftTicket } from '../../../src-shared/domain/ticket.ts'
import { LEFT_TICKET } from '../columns.ts'
import type { TicketsQuery } from '../store.ts'
import { BEFORE_ALL_THAT_LEFT } from '../stored-ticket.ts'
import type { Connection } from './connection.ts'

/** See `Store.leftTickets`. Which they are is read from tickets_by_leaving alone, however many there are. */
export function leftTickets(db: Connection, query: Omit<TicketsQuery, 'priorityIds'>): Promise<LeftTicket[]> {
  const { siteId, projectKey, fromMs, toMs, limit } = query
  const { atMs, id } = query.after ?? BEFORE_ALL_THAT_LEFT
  return db.read(() =>
    db
      .statement<LeftTicket>(
        `SELECT ${LEFT_TICKET} FROM tickets
         WHERE site_id = @siteId AND id IN (
           SELECT id FROM tickets
           WHERE site_id = @siteId AND created_ms >= @fromMs AND created_ms < @toMs AND left_ms IS NOT NULL AND (left_ms, id) < (@atMs, @id)
             AND (@projectKey IS NULL OR left_project_key = @projectKey)
           ORDER BY left_ms DESC, id DESC LIMIT @limit
         )
         ORDER BY left_ms DESC, id DESC`,
      )
      .all({ siteId, projectKey, fromMs, toMs, atMs, id, limit }),
  )
}
