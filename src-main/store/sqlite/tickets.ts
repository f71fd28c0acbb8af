import { setImmediate } from 'node:timers/promises'
import type { Ticket } from '../../../src-shared/domain/ticket.ts'
import type { TicketsQuery } from '../store.ts'
import type { Connection } from './connection.ts'
import { IN_SCOPE, scopeParams } from './scope.ts'

export const TICKET = `id, key, project_key AS projectKey, title, priority_id AS priorityId,
  priority_name AS priorityName, status, created_ms AS createdMs, updated_ms AS updatedMs`
/** So many tickets are read without letting the event loop go on. */
const TICKETS_A_READ = 1_000

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
