import type { Ticket } from '../../../src-shared/domain/ticket.ts'
import { TICKET } from '../columns.ts'
import type { TicketsQuery } from '../store.ts'
import { inSteps } from '../steps.ts'
import { placeBefore } from '../stored-ticket.ts'
import type { Connection } from './connection.ts'
import { IN_SCOPE, scopeParams } from './scope.ts'

/** So many tickets are read without letting the event loop go on. */
const TICKETS_A_READ = 1_000

/** See `Store.tickets`. */
export function tickets(db: Connection, query: TicketsQuery): Promise<Ticket[]> {
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
export function countedTickets(db: Connection, siteId: string, ids: readonly string[]): Promise<Ticket[]> {
  return inSteps(ids, TICKETS_A_READ, (some) =>
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
