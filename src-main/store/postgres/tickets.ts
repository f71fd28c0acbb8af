import type { LeftTicket, Ticket } from '../../../src-shared/domain/ticket.ts'
import { EXPORTED_TICKET, LEFT_TICKET, TICKET } from '../rows.ts'
import { inSteps } from '../steps.ts'
import { BEFORE_ALL_REMOVED, exportedTicket, placeBefore, type ExportRow } from '../stored-ticket.ts'
import type { PostgresMethod } from './connection/open-connection.ts'
import { IN_SCOPE, scopeParams } from './counts.ts'

/**
 * The tickets of the ids $2 of the site $1: each of them one seek in the primary key, whatever the server knows or
 * believes of how many tickets there are.
 */
export const BY_IDS = `unnest($2::text[]) AS wanted (wanted_id)
  CROSS JOIN LATERAL (SELECT * FROM tickets WHERE site_id = $1 AND id = wanted_id LIMIT 1) AS found`

const BATCH_SIZE = 1_000

const NEWEST = `
  SELECT ${TICKET} FROM tickets
  WHERE ${IN_SCOPE} AND created_ms >= $4 AND (created_ms, id) < ($5, $6) AND left_ms IS NULL
  ORDER BY created_ms DESC, id DESC LIMIT $7`

export const tickets: PostgresMethod<'tickets'> = (db, asked) => {
  const { atMs, id } = placeBefore(asked)
  return db.query<Ticket>(NEWEST, [...scopeParams(asked.siteId, asked), asked.fromMs, atMs, id, asked.limit])
}

const COUNTED = `SELECT ${TICKET} FROM ${BY_IDS} WHERE left_ms IS NULL`

export const countedTickets: PostgresMethod<'countedTickets'> = (db, siteId, ids) =>
  inSteps(ids, BATCH_SIZE, (some) => db.scan<Ticket>(COUNTED, [siteId, some]))

/** Which they are is read from tickets_by_leaving alone, however many there are. */
const LAST_TO_LEAVE = `
  SELECT ${LEFT_TICKET}
  FROM (
    SELECT id AS wanted FROM tickets
    WHERE site_id = $1 AND created_ms >= $2 AND created_ms < $3 AND left_ms IS NOT NULL AND (left_ms, id) < ($6, $7)
      AND ($4::text IS NULL OR left_project_key = $4)
    ORDER BY left_ms DESC, id DESC LIMIT $5
  ) AS listed
  JOIN tickets ON site_id = $1 AND id = listed.wanted
  ORDER BY left_ms DESC, id DESC`

export const removedTickets: PostgresMethod<'removedTickets'> = (db, asked) => {
  const { siteId, projectKey, fromMs, toMs, limit, after = BEFORE_ALL_REMOVED } = asked
  return db.query<LeftTicket>(LAST_TO_LEAVE, [siteId, fromMs, toMs, projectKey, limit, after.atMs, after.id])
}

const NEXT = `
  SELECT ${EXPORTED_TICKET} FROM tickets
  WHERE site_id = $1 AND (created_ms, id) > ($2, $3) AND created_ms < $4 AND ($5::text IS NULL OR project_key = $5)
  ORDER BY created_ms, id LIMIT $6`

export const ticketsAfter: PostgresMethod<'ticketsAfter'> = async (db, asked) => {
  const { siteId, projectKey, fromMs, toMs, limit } = asked
  const { createdMs, id } = asked.after ?? { createdMs: fromMs, id: '' }
  const rows = await db.scan<ExportRow>(NEXT, [siteId, createdMs, id, toMs, projectKey, limit])
  return rows.map(exportedTicket)
}
