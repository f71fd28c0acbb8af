import { EXPORTED_TICKET } from '../columns.ts'
import type { ExportedTicket, TicketsAfter } from '../store.ts'
import { exportedTicket, type StoredTicket } from '../stored-ticket.ts'
import { rowsInSteps } from '../steps.ts'
import type { Connection } from './connection.ts'

/** So many tickets are read without letting the event loop go on, whatever project they are of. */
const TICKETS_A_READ = 1_000

type Row = Omit<StoredTicket, 'missingSinceMs'>

/** See `Store.ticketsAfter`. */
export async function ticketsAfter(db: Connection, query: TicketsAfter): Promise<ExportedTicket[]> {
  const { projectKey, limit } = query
  const size = projectKey === null ? Math.min(TICKETS_A_READ, limit) : TICKETS_A_READ
  const found: ExportedTicket[] = []
  const steps = rowsInSteps<Row>(size, (last) =>
    db.read(() => rowsAfter(db, query, last ?? query.after, size)),
  )
  for await (const rows of steps) {
    const ofProject = rows.filter((row) => projectKey === null || row.projectKey === projectKey)
    found.push(...ofProject.slice(0, limit - found.length).map(exportedTicket))
    if (found.length === limit) break
  }
  return found
}

/** The next rows of a site in the order of creation and id. Inside `read`. */
function rowsAfter(
  db: Connection,
  { siteId, fromMs, toMs }: TicketsAfter,
  after: TicketsAfter['after'],
  limit: number,
): Row[] {
  return db
    .statement<Row>(
      `SELECT ${EXPORTED_TICKET}
       FROM tickets
       WHERE site_id = @siteId AND (created_ms, id) > (@createdMs, @id) AND created_ms < @toMs
       ORDER BY created_ms, id LIMIT @limit`,
    )
    .all({ siteId, toMs, createdMs: after?.createdMs ?? fromMs, id: after?.id ?? '', limit })
}
