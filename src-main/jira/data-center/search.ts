import { Check } from 'typebox/value'
import { brokenAnswer } from '../errors.ts'
import { parseJiraStamp, type TicketReader } from '../issue.ts'
import type { FoundTicket, IdPage, IdQuery, SearchPage, SearchQuery } from '../jira.ts'
import type { Link } from '../link.ts'
import { READ_REPEATS } from '../retry.ts'
import { CountAnswer, SearchAnswer, StampsAnswer, type Ask, type CheckedAnswer } from './ask.ts'
import {
  orderedQuery,
  pageAfter,
  readToken,
  writeToken,
  type OrderedQuery,
  type Page,
  type Row,
  type Slice,
  type SliceQuery,
} from './page-after.ts'

const PATH = '/rest/api/2/search'

/** The usual cap of a page, whatever is asked for; where a server's is lower, it gives less. */
const ID_PAGE_SIZE = 1_000

export interface SearchParts {
  readonly ask: Ask
  readonly link: Pick<Link, 'host' | 'redact'>
  readonly reader: TicketReader
  readonly signal: AbortSignal
}

/** A page's tickets, as its search has them: without issue properties, which this search does not know. */
export async function searchTickets(query: SearchQuery, parts: SearchParts): Promise<SearchPage> {
  const ordered = orderedQuery(query.jql)
  const { host, redact } = parts.link
  const readRows = (issues: unknown): TicketRow[] => {
    const page = parts.reader.read(issues, null)
    if (page.ok) return page.tickets.map((ticket) => ({ ...rowOf(ticket, ordered), ticket }))
    throw brokenAnswer(host, 'shape', `with a ticket that cannot be read: ${redact(page.wrong)}`)
  }
  const { rows, ...end } = await readPage(query, { ...parts, ordered, fields: parts.reader.fields, readRows })
  return { tickets: rows.map(({ ticket }) => ticket), ...end }
}

export async function searchIds(query: IdQuery, parts: SearchParts): Promise<IdPage> {
  const ordered = orderedQuery(query.jql)
  const readRows = (issues: readonly unknown[]): Row[] =>
    issues.map((issue) => {
      const row = Check(StampsAnswer, issue) ? rowOf(stampsOf(issue), ordered) : null
      if (row !== null && !Number.isNaN(row.sortMs)) return row
      throw brokenAnswer(parts.link.host, 'shape', 'with a ticket that has no id, or no times')
    })
  const page = { ...query, pageSize: ID_PAGE_SIZE }
  const { rows, ...end } = await readPage(page, {
    ...parts,
    ordered,
    fields: ['created', 'updated'],
    readRows,
  })
  return { ids: rows.map(({ id }) => id), ...end }
}

/** How many tickets match, as the index has them: the total of a search that gives none. */
export async function countTickets(jql: string, { ask, signal }: SearchParts): Promise<number> {
  const body = { jql, startAt: 0, maxResults: 0, fields: ['created'] }
  const { result } = await ask(
    CountAnswer,
    { method: 'POST', path: PATH, body },
    { repeats: READ_REPEATS, signal },
  )
  return result.total
}

interface TicketRow extends Row {
  readonly ticket: FoundTicket
}

type Times = Pick<FoundTicket, 'id' | 'createdMs' | 'updatedMs'>

function rowOf({ id, createdMs, updatedMs }: Times, { sortTime }: OrderedQuery): Row {
  return { id, sortMs: sortTime === 'created' ? createdMs : updatedMs }
}

function stampsOf({ id, fields }: { id: string; fields: { created: string; updated: string } }): Times {
  return { id, createdMs: parseJiraStamp(fields.created), updatedMs: parseJiraStamp(fields.updated) }
}

interface PageReading<R extends Row> extends SearchParts {
  readonly ordered: OrderedQuery
  readonly fields: readonly string[]
  readonly readRows: (issues: readonly unknown[]) => R[]
}

/** One answer of the search. */
interface AnswerSlice<R extends Row> extends Slice<R>, Pick<CheckedAnswer<unknown>, 'siteMs' | 'accountId'> {}

async function readPage<R extends Row>(
  { pageToken, pageSize }: Pick<SearchQuery, 'pageToken' | 'pageSize'>,
  { ask, link, signal, ordered, fields, readRows }: PageReading<R>,
): Promise<Pick<Page<R, unknown>, 'rows'> & Omit<SearchPage, 'tickets'>> {
  const read = async (query: SliceQuery): Promise<AnswerSlice<R>> => {
    const request = { method: 'POST', path: PATH, body: { ...query, fields, validateQuery: true } }
    const { result, siteMs, accountId } = await ask(SearchAnswer, request, { repeats: READ_REPEATS, signal })
    if (Number.isNaN(siteMs)) throw brokenAnswer(link.host, 'shape', 'without a date')
    const { startAt, total = null, issues } = result
    return { startAt, total, rows: readRows(issues), siteMs, accountId }
  }
  const parts = { query: ordered, pageSize, host: link.host, read }
  const { slice, rows, next } = await pageAfter<R, AnswerSlice<R>>(readToken(pageToken), parts)
  const { siteMs, accountId } = slice
  return { rows, nextPageToken: next === null ? null : writeToken(next), siteMs, accountId }
}
