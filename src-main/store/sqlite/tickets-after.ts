import { setImmediate } from 'node:timers/promises'
import type { ExportedTicket, TicketsAfter } from '../store.ts'
import { exportedTicket, type StoredTicket } from '../stored-ticket.ts'
import type { Connection } from './connection.ts'
import { TICKET } from './tickets.ts'

/** So many tickets are read without letting the event loop go on, whatever project they are of. */
const TICKETS_A_READ = 1_000

type Row = Omit<StoredTicket, 'missingSinceMs'>

/** See `Store.ticketsAfter`. */
export async function ticketsAfter(db: Connection, query: TicketsAfter): Promise<ExportedTicket[]> {
  const { projectKey, limit } = query
  const found: ExportedTicket[] = []
  let after: TicketsAfter['after'] = query.after ?? { createdMs: query.fromMs, id: '' }
  while (after !== null && found.length < limit) {
    const wanted = projectKey === null ? Math.min(TICKETS_A_READ, limit - found.length) : TICKETS_A_READ
    const rows = await db.read(() => rowsAfter(db, query, after, wanted))
    const ofProject = rows.filter((row) => projectKey === null || row.projectKey === projectKey)
    found.push(...ofProject.slice(0, limit - found.length).map(exportedTicket))
    after = rows.length < wanted ? null : (rows.at(-1) ?? null)
    if (after !== null) await setImmediate()
  }
  return found
}

/** The next rows of a site in the order of creation and id. Inside `read`. */
function rowsAfter(
  db: Connection,
  { siteId, toMs }: TicketsAfter,
  after: TicketsAfter['after'],
  limit: number,
): Row[] {
  return db
    .statement<Row>(
      `SELECT ${TICKET}, source, left_ms AS leftMs, left_reason AS leftReason, left_project_key AS leftProjectKey
       FROM tickets
       WHERE site_id = @siteId AND (created_ms, id) > (@createdMs, @id) AND created_ms < @toMs
       ORDER BY created_ms, id LIMIT @limit`,
    )
    .all({ siteId, toMs, createdMs: after?.createdMs, id: after?.id, limit })
}
