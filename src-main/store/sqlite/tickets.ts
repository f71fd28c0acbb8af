import type { LeftTicket, Ticket } from '../../../src-shared/domain/ticket.ts'
import { EXPORTED_TICKET, LEFT_TICKET, TICKET } from '../rows.ts'
import { inSteps, rowsInSteps } from '../steps.ts'
import type { TicketsQuery } from '../store.ts'
import {
  BEFORE_ALL_REMOVED,
  exportedTicket,
  placeBefore,
  type TicketRow,
  type ExportedTicket,
  type TicketsAfter,
} from '../stored-ticket.ts'
import type { SqliteDb } from './connection.ts'
import { IN_SCOPE, scopeParams } from './counts.ts'

/** So many tickets are read without letting the event loop go on, whatever project they are of. */
const BATCH_SIZE = 1_000

/** See `Store.tickets`. */
export function tickets(db: SqliteDb, query: TicketsQuery): Promise<Ticket[]> {
  const { siteId, fromMs, limit } = query
  const { atMs, id } = placeBefore(query)
  return db.read(() =>
    db
      .statement<Ticket>(
        `SELECT ${TICKET} FROM tickets
         WHERE ${IN_SCOPE} AND created_ms >= @fromMs AND (created_ms, id) < (@atMs, @id) AND left_ms IS NULL
         ORDER BY created_ms DESC, id DESC LIMIT @limit`,
      )
      .all({ ...scopeParams(siteId, query), fromMs, atMs, id, limit }),
  )
}

/** See `Store.countedTickets`. */
export function countedTickets(db: SqliteDb, siteId: string, ids: readonly string[]): Promise<Ticket[]> {
  return inSteps(ids, BATCH_SIZE, (some) =>
    db.read(() =>
      db
        .statement<Ticket>(
          `SELECT ${TICKET} FROM tickets
           WHERE site_id = ? AND id IN (SELECT value FROM json_each(?)) AND left_ms IS NULL`,
        )
        .all(siteId, JSON.stringify(some)),
    ),
  )
}

/** See `Store.removedTickets`. Which they are is read from tickets_by_leaving alone, however many there are. */
export function removedTickets(
  db: SqliteDb,
  query: Omit<TicketsQuery, 'priorityIds'>,
): Promise<LeftTicket[]> {
  const { siteId, projectKey, fromMs, toMs, limit } = query
  const { atMs, id } = query.after ?? BEFORE_ALL_REMOVED
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

type ExportRow = Omit<TicketRow, 'missingSinceMs'>

/** See `Store.ticketsAfter`. */
export async function ticketsAfter(db: SqliteDb, query: TicketsAfter): Promise<ExportedTicket[]> {
  const { projectKey, limit } = query
  const size = projectKey === null ? Math.min(BATCH_SIZE, limit) : BATCH_SIZE
  const found: ExportedTicket[] = []
  const steps = rowsInSteps<ExportRow>(size, (last) =>
    db.read(() => exportRowsAfter(db, query, last ?? query.after, size)),
  )
  for await (const rows of steps) {
    const ofProject = rows.filter((row) => projectKey === null || row.projectKey === projectKey)
    found.push(...ofProject.slice(0, limit - found.length).map(exportedTicket))
    if (found.length === limit) break
  }
  return found
}

/** The next rows of a site in the order of creation and id. Inside `read`. */
function exportRowsAfter(
  db: SqliteDb,
  { siteId, fromMs, toMs }: TicketsAfter,
  after: TicketsAfter['after'],
  limit: number,
): ExportRow[] {
  return db
    .statement<ExportRow>(
      `SELECT ${EXPORTED_TICKET}
       FROM tickets
       WHERE site_id = @siteId AND (created_ms, id) > (@createdMs, @id) AND created_ms < @toMs
       ORDER BY created_ms, id LIMIT @limit`,
    )
    .all({ siteId, toMs, createdMs: after?.createdMs ?? fromMs, id: after?.id ?? '', limit })
}
