import { setImmediate } from 'node:timers/promises'
import type { TicketFilter } from '../../src-shared/contract/fields.ts'
import type { LeftTicket, Ticket } from '../../src-shared/domain/ticket.ts'
import { IN_SCOPE, scopeParams } from './count-cells.ts'
import { filterSql } from './fields/filter.ts'
import { OF_FIELDS, type StoredTicket } from './fields/stored-fields.ts'
import { sql, type Database } from './sql.ts'
import { inSteps, rowsInSteps } from './steps.ts'
import type { TicketPlace, TicketsQuery } from './store.ts'
import { textMatch } from './fields/text-match.ts'
import {
  BEFORE_ALL_REMOVED,
  exportedTicket,
  OF_ROW,
  OF_TICKET,
  placeBefore,
  shownTicket,
  type ExportedTicket,
  type ExportRow,
  type TicketsAfter,
} from './pages/stored-ticket.ts'

const columnsOf = (fields: Readonly<Record<string, readonly [column: string, type: string]>>): string =>
  Object.entries(fields)
    .map(([field, [column]]) => `${column} AS "${field}"`)
    .join(', ')

const { reporter, ...OF_LISTED } = OF_FIELDS
const TICKET = columnsOf({ ...OF_TICKET, ...OF_LISTED })

const { missingSinceMs: _, ...OF_EXPORTED } = OF_ROW
const EXPORTED_TICKET = `${TICKET}, ${columnsOf({ reporter, ...OF_EXPORTED })}`

/** See `TicketRow`. */
export const STORED_TICKET = `${TICKET}, ${columnsOf({ reporter, ...OF_ROW })}`

/** `also`: what else is true of them. */
const newest = (also = ''): string => `
  SELECT ${TICKET} FROM tickets
  WHERE ${IN_SCOPE} AND created_ms >= :fromMs AND (created_ms, id) < (:atMs, :id) AND left_ms IS NULL${also}
  ORDER BY created_ms DESC, id DESC LIMIT :limit`

const NEWEST = newest()

/** Where the next `size` tickets end. Read from tickets_by_created alone. */
export const STEP_END = `
  SELECT created_ms AS "createdMs" FROM tickets
  WHERE site_id = :siteId AND created_ms >= :fromMs AND created_ms < :atMs
  ORDER BY created_ms DESC LIMIT 1 OFFSET :size`

/** Tickets that are looked through for a text: in one step, and for one call, which a person waits for. */
const SEARCH_STEP = { inline: 4_000, onServer: 50_000 }
const SEARCHED_AT_ONCE = 200_000

/** The tickets of the ids, each of them one seek in the primary key, to be gone on with `AND`. */
export const BY_IDS = 'tickets WHERE id IN (:ids[TEXT]) AND site_id = :siteId'

const COUNTED = `SELECT ${TICKET} FROM {${BY_IDS} AND left_ms IS NULL}`

/** Which they are is read from tickets_by_leaving alone, however many there are; `also`: what else is true of them. */
const lastToLeave = (also: string): string => `
  SELECT ${TICKET}, left_ms AS "leftMs", left_reason AS reason
  FROM (
    SELECT id AS wanted FROM tickets
    WHERE site_id = :siteId AND created_ms >= :fromMs AND created_ms < :toMs AND left_ms IS NOT NULL
      AND (left_ms, id) < (:atMs, :id) AND (CAST(:projectKey AS TEXT) IS NULL OR left_project_key = :projectKey)${also}
    ORDER BY left_ms DESC, id DESC LIMIT :limit
  ) AS listed
  JOIN tickets ON site_id = :siteId AND id = listed.wanted
  ORDER BY left_ms DESC, id DESC`

const NEXT = `
  SELECT ${EXPORTED_TICKET} FROM tickets
  WHERE site_id = :siteId AND (created_ms, id) > (:createdMs, :id) AND created_ms < :toMs
    AND (CAST(:ofProject AS TEXT) IS NULL OR project_key = :ofProject)
  ORDER BY created_ms, id LIMIT :size`

type ListedRow = Omit<StoredTicket, 'reporter'>
type Leaving = Pick<LeftTicket, 'leftMs' | 'reason'>

export interface TicketTextQuery extends TicketsQuery {
  readonly search?: string | undefined
  readonly filter?: TicketFilter | undefined
}

function searchSql({ search, filter }: TicketTextQuery): { readonly also: string; readonly params: object } {
  const filtered = filterSql(filter)
  if (search === undefined) return filtered
  const { condition, params } = textMatch(search, ['title', 'key'])
  return { also: `${filtered.also} AND ${condition}`, params: { ...filtered.params, ...params } }
}

export interface FoundTickets {
  readonly tickets: Ticket[]
  readonly reached: TicketPlace | null
}

/** Tickets as they are listed and exported. */
export function createTickets(db: Database) {
  return {
    /** Counted tickets created in `[fromMs, toMs)`, newest first. */
    async tickets(asked: TicketsQuery): Promise<Ticket[]> {
      const { siteId, fromMs, limit } = asked
      const params = { ...scopeParams(siteId, asked), fromMs, ...placeBefore(asked), limit }
      return (await db.query(sql<ListedRow>(NEWEST, params))).map(shownTicket)
    },

    /**
     * Of the same, those that a filter leaves and whose title or key holds a text, in whatever case. Where so many were looked through that it
     * takes another call, `reached` is the place to go on from; all are found where it is null and fewer than `limit` are.
     */
    searchTickets: (asked: TicketTextQuery): Promise<FoundTickets> => searchInSteps(db, asked),

    /** Those of the ids that are stored and counted (not left). */
    countedTickets: (siteId: string, ids: readonly string[]): Promise<Ticket[]> =>
      inSteps([...new Set(ids)], db.batch.rows, async (some) =>
        (await db.scan(sql<ListedRow>(COUNTED, { siteId, ids: some }))).map(shownTicket),
      ),

    /**
     * Tickets created in `[fromMs, toMs)` that were watched and no longer are, the last to leave first; with a project,
     * those that left while they were in it, wherever they are now.
     */
    async removedTickets({
      after = BEFORE_ALL_REMOVED,
      filter,
      ...asked
    }: Omit<TicketsQuery, 'priorityIds'> & Pick<TicketTextQuery, 'filter'>): Promise<LeftTicket[]> {
      const { also, params } = filterSql(filter, 'left_project_key')
      const listed = sql<ListedRow & Leaving>(lastToLeave(also), { ...asked, ...after, ...params })
      return (await db.query(listed)).map(shownTicket)
    },

    /** The next `limit` stored tickets in the order of creation and id, counted or not: for reading all of them bit by bit. */
    async ticketsAfter(asked: TicketsAfter): Promise<ExportedTicket[]> {
      const { siteId, projectKey, fromMs, toMs, limit } = asked
      // How many are read is what a step costs in a file, whatever project they are of.
      const ofProject = db.isInline ? null : projectKey
      const size = ofProject === projectKey ? Math.min(db.batch.rows, limit) : db.batch.rows
      const found: ExportedTicket[] = []
      const steps = rowsInSteps<ExportRow>(size, (last) => {
        const { createdMs, id } = last ?? asked.after ?? { createdMs: fromMs, id: '' }
        return db.scan(sql(NEXT, { siteId, toMs, createdMs, id, size, ofProject }))
      })
      for await (const rows of steps) {
        const wanted = rows.filter((row) => projectKey === null || row.projectKey === projectKey)
        found.push(...wanted.slice(0, limit - found.length).map(exportedTicket))
        if (found.length === limit) break
      }
      return found
    },
  }
}

async function searchInSteps(db: Database, asked: TicketTextQuery): Promise<FoundTickets> {
  const { siteId, fromMs, limit } = asked
  const { also, params } = searchSql(asked)
  const size = db.isInline ? SEARCH_STEP.inline : SEARCH_STEP.onServer
  const tickets: Ticket[] = []
  let place = placeBefore(asked)
  for (let searched = 0; searched < SEARCHED_AT_ONCE; searched += size) {
    const [end] = await db.query(
      sql<Pick<Ticket, 'createdMs'>>(STEP_END, { siteId, fromMs, atMs: place.atMs, size }),
    )
    const part = { fromMs: end?.createdMs ?? fromMs, ...place, limit: limit - tickets.length }
    const step = { ...scopeParams(siteId, asked), ...params, ...part }
    const found = await db.scan(sql<ListedRow>(newest(also), step))
    tickets.push(...found.map(shownTicket))
    if (end === undefined || tickets.length === limit) return { tickets, reached: null }
    place = { atMs: end.createdMs, id: '' }
    await setImmediate()
  }
  return { tickets, reached: place }
}
