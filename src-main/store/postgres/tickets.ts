import type { Ticket } from '../../../src-shared/domain/ticket.ts'
import { TICKET } from '../columns.ts'
import type { TicketsQuery } from '../store.ts'
import { inSteps } from '../steps.ts'
import { placeBefore } from '../stored-ticket.ts'
import type { Connection } from './connection.ts'
import { IN_SCOPE, scopeParams } from './scope.ts'

/**
 * The tickets of the ids $2 of the site $1: each of them one seek in the primary key, whatever the server knows or
 * believes of how many tickets there are.
 */
export const BY_IDS = `unnest($2::text[]) AS wanted (wanted_id)
  CROSS JOIN LATERAL (SELECT * FROM tickets WHERE site_id = $1 AND id = wanted_id LIMIT 1) AS found`

const TICKETS_A_READ = 1_000

/** See `Store.tickets`. */
export function tickets(db: Connection, query: TicketsQuery): Promise<Ticket[]> {
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
export function countedTickets(db: Connection, siteId: string, ids: readonly string[]): Promise<Ticket[]> {
  return inSteps(ids, TICKETS_A_READ, (some) =>
    db.scan<Ticket>(`SELECT ${TICKET} FROM ${BY_IDS} WHERE left_ms IS NULL`, [siteId, some]),
  )
}
