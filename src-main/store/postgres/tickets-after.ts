import { EXPORTED_TICKET } from '../columns.ts'
import type { ExportedTicket, TicketsAfter } from '../store.ts'
import { exportedTicket, type StoredTicket } from '../stored-ticket.ts'
import type { Connection } from './connection.ts'

type Row = Omit<StoredTicket, 'missingSinceMs'>

/** See `Store.ticketsAfter`. */
export async function ticketsAfter(db: Connection, query: TicketsAfter): Promise<ExportedTicket[]> {
  const { siteId, projectKey, fromMs, toMs, limit } = query
  const { createdMs, id } = query.after ?? { createdMs: fromMs, id: '' }
  const rows = await db.scan<Row>(
    `SELECT ${EXPORTED_TICKET}
     FROM tickets
     WHERE site_id = $1 AND (created_ms, id) > ($2, $3) AND created_ms < $4
       AND ($5::text IS NULL OR project_key = $5)
     ORDER BY created_ms, id LIMIT $6`,
    [siteId, createdMs, id, toMs, projectKey, limit],
  )
  return rows.map(exportedTicket)
}
