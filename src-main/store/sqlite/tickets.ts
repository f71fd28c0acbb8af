import type { LeftTicket, Ticket } from '../../../src-shared/domain/ticket.ts'
import { EXPORTED_TICKET, LEFT_TICKET, TICKET } from '../rows.ts'
import { inSteps, rowsInSteps } from '../steps.ts'
import {
  BEFORE_ALL_REMOVED,
  exportedTicket,
  placeBefore,
  type ExportRow,
  type ExportedTicket,
} from '../stored-ticket.ts'
import { query, type SqliteMethod } from './connection.ts'
import { IN_SCOPE, scopeParams } from './counts.ts'

/** How many tickets are read without letting the event loop go on, whatever project they are of. */
const BATCH_SIZE = 1_000

const NEWEST = `
  SELECT ${TICKET} FROM tickets
  WHERE ${IN_SCOPE} AND created_ms >= @fromMs AND (created_ms, id) < (@atMs, @id) AND left_ms IS NULL
  ORDER BY created_ms DESC, id DESC LIMIT @limit`

export const tickets: SqliteMethod<'tickets'> = (db, asked) => {
  const { siteId, fromMs, limit } = asked
  return query<Ticket>(db, NEWEST, { ...scopeParams(siteId, asked), fromMs, ...placeBefore(asked), limit })
}

const COUNTED = `
  SELECT ${TICKET} FROM tickets
  WHERE site_id = ? AND id IN (SELECT value FROM json_each(?)) AND left_ms IS NULL`

export const countedTickets: SqliteMethod<'countedTickets'> = (db, siteId, ids) =>
  inSteps(ids, BATCH_SIZE, (some) => query<Ticket>(db, COUNTED, siteId, JSON.stringify(some)))

/** Which they are is read from tickets_by_leaving alone, however many there are. */
const LAST_TO_LEAVE = `
  SELECT ${LEFT_TICKET} FROM tickets
  WHERE site_id = @siteId AND id IN (
    SELECT id FROM tickets
    WHERE site_id = @siteId AND created_ms >= @fromMs AND created_ms < @toMs AND left_ms IS NOT NULL
      AND (left_ms, id) < (@atMs, @id) AND (@projectKey IS NULL OR left_project_key = @projectKey)
    ORDER BY left_ms DESC, id DESC LIMIT @limit
  )
  ORDER BY left_ms DESC, id DESC`

export const removedTickets: SqliteMethod<'removedTickets'> = (
  db,
  { after = BEFORE_ALL_REMOVED, ...asked },
) => query<LeftTicket>(db, LAST_TO_LEAVE, { ...asked, ...after })

const NEXT = `
  SELECT ${EXPORTED_TICKET} FROM tickets
  WHERE site_id = @siteId AND (created_ms, id) > (@createdMs, @id) AND created_ms < @toMs
  ORDER BY created_ms, id LIMIT @size`

export const ticketsAfter: SqliteMethod<'ticketsAfter'> = async (db, asked) => {
  const { siteId, projectKey, fromMs, toMs, limit } = asked
  const size = projectKey === null ? Math.min(BATCH_SIZE, limit) : BATCH_SIZE
  const found: ExportedTicket[] = []
  const steps = rowsInSteps<ExportRow>(size, (last) => {
    const { createdMs, id } = last ?? asked.after ?? { createdMs: fromMs, id: '' }
    return query(db, NEXT, { siteId, toMs, createdMs, id, size })
  })
  for await (const rows of steps) {
    const ofProject = rows.filter((row) => projectKey === null || row.projectKey === projectKey)
    found.push(...ofProject.slice(0, limit - found.length).map(exportedTicket))
    if (found.length === limit) break
  }
  return found
}
