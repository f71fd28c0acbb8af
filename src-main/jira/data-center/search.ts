import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { brokenAnswer } from '../errors.ts'
import { parseJiraStamp } from '../issue.ts'
import type { FoundTicket, IdPage, IdQuery, SearchPage, SearchQuery } from '../jira.ts'
import type { Answered } from '../rest.ts'
import type { Reading } from './issues.ts'
import {
  orderedQuery,
  pageAfter,
  readToken,
  writeToken,
  type OrderedQuery,
  type Row,
  type Slice,
} from './page-after.ts'

const PATH = '/rest/api/2/search'

const Count = Type.Integer({ minimum: 0 })

/** The issues are read by `issue.ts`, which names the one that is wrong. */
const Found = Type.Object({
  startAt: Count,
  total: Type.Optional(Count),
  issues: Type.Array(Type.Unknown()),
})

const Total = Type.Object({ total: Count })

const Stamps = Type.Object({
  id: Type.String({ minLength: 1 }),
  fields: Type.Object({ created: Type.String(), updated: Type.String() }),
})

/** The usual cap of a page, whatever is asked for; where a server's is lower, it gives less. */
const ID_PAGE_SIZE = 1_000

/** A page's tickets, as its search has them: without issue properties, which this search does not know. */
export async function searchTickets(query: SearchQuery, parts: Reading): Promise<SearchPage> {
  const { reader } = parts
  const { rows, ...end } = await readPage(query, parts, reader.fields, (issues, order) =>
    reader.read(issues, null).map((ticket) => ({ ...rowOf(ticket, order), ticket })),
  )
  return { tickets: rows.map(({ ticket }) => ticket), ...end }
}

export async function searchIds(query: IdQuery, parts: Reading): Promise<IdPage> {
  const page = { ...query, pageSize: ID_PAGE_SIZE }
  const { rows, ...end } = await readPage(page, parts, ['created', 'updated'], (issues, order) =>
    issues.map((issue) => {
      const row = Check(Stamps, issue) ? rowOf(timesOf(issue), order) : null
      if (row !== null && !Number.isNaN(row.sortMs)) return row
      throw brokenAnswer(parts.link.host, 'shape', 'with a ticket that has no id, or no times')
    }),
  )
  return { ids: rows.map(({ id }) => id), ...end }
}

/** How many tickets match, as the index has them: the total of a search that gives none. */
export async function countTickets(jql: string, { read }: Reading): Promise<number> {
  const body = { jql, startAt: 0, maxResults: 0, fields: ['created'] }
  return (await read(Total, { method: 'POST', path: PATH, body })).result.total
}

type Times = Pick<FoundTicket, 'id' | 'createdMs' | 'updatedMs'>

function rowOf({ id, createdMs, updatedMs }: Times, { sortTime }: OrderedQuery): Row {
  return { id, sortMs: sortTime === 'created' ? createdMs : updatedMs }
}

function timesOf({ id, fields }: { id: string; fields: { created: string; updated: string } }): Times {
  return { id, createdMs: parseJiraStamp(fields.created), updatedMs: parseJiraStamp(fields.updated) }
}

async function readPage<R extends Row>(
  { jql, pageToken, pageSize }: Pick<SearchQuery, 'jql' | 'pageToken' | 'pageSize'>,
  { link, read }: Reading,
  fields: readonly string[],
  readRows: (issues: readonly unknown[], order: OrderedQuery) => R[],
): Promise<{ rows: readonly R[] } & Omit<SearchPage, 'tickets'>> {
  const query = orderedQuery(jql)
  const { host } = link
  const { slice, rows, next } = await pageAfter<R, AnswerSlice<R>>(readToken(pageToken), {
    query,
    pageSize,
    host,
    async read(asked) {
      const request = { method: 'POST', path: PATH, body: { ...asked, fields, validateQuery: true } }
      const { result, siteMs, accountId } = await read(Found, request)
      if (Number.isNaN(siteMs)) throw brokenAnswer(host, 'shape', 'without a date')
      const { startAt, total = null, issues } = result
      return { startAt, total, rows: readRows(issues, query), siteMs, accountId }
    },
  })
  const { siteMs, accountId } = slice
  return { rows, nextPageToken: next === null ? null : writeToken(next), siteMs, accountId }
}

/** One answer of the search. */
interface AnswerSlice<R extends Row> extends Slice<R>, Pick<Answered<unknown>, 'siteMs' | 'accountId'> {}
