import { Type, type Static, type TSchema } from 'typebox'
import { Check } from 'typebox/value'
import { brokenAnswer, JiraError } from '../errors.ts'
import { parseJiraStamp, type TicketReader } from '../issue.ts'
import type { FoundTicket, IdPage, IdQuery, SearchPage, SearchQuery } from '../jira.ts'
import type { Link } from '../link.ts'
import { optional, type Answered } from '../rest.ts'
import type { HttpRequest } from '../transport.ts'
import {
  orderedQuery,
  pageAfter,
  readToken,
  writeToken,
  type OrderedQuery,
  type Row,
  type Slice,
} from './page-after.ts'

export const Myself = Type.Object({
  name: Type.String({ minLength: 1 }),
  displayName: optional(Type.String()),
  timeZone: Type.String({ minLength: 1 }),
})

const Property = Type.Object({ value: Type.Unknown() })

/** How many requests are under way at once: a server of one's own has fewer threads than Atlassian. */
const CONCURRENCY = 4

/** Older versions hide a ticket by a 403. */
const NOT_SHOWN = [404, 403]

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
export async function searchTickets(query: SearchQuery, parts: IssueReading): Promise<SearchPage> {
  const { reader } = parts
  const { rows, ...end } = await readPage(query, parts, reader.fields, (issues, order) =>
    reader.read(issues, null).map((ticket) => ({ ...rowOf(ticket, order), ticket })),
  )
  return { tickets: rows.map(({ ticket }) => ticket), ...end }
}

export async function searchIds(query: IdQuery, parts: IssueReading): Promise<IdPage> {
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
export async function countTickets(jql: string, { read }: IssueReading): Promise<number> {
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
  { link, read }: IssueReading,
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

/** What one call reads with. */
export interface IssueReading {
  readonly link: Link
  readonly reader: TicketReader
  /** Sends a request that may be repeated, and checks its answer: see `ask`. */
  readonly read: <S extends TSchema>(schema: S, request: HttpRequest) => Promise<Answered<Static<S>>>
}

/**
 * Tickets by their ids or keys, each read by itself: a search for them looks at the index, which lags, and refuses the
 * whole query for one that is gone. With an issue property where one is named. Those that Jira does not show are left out, but not before it has said that it still
 * knows us: to an anonymous caller it shows none.
 */
export async function ticketsByIds(
  idsOrKeys: readonly string[],
  parts: IssueReading,
  property?: string,
): Promise<FoundTicket[]> {
  const found = await oneByOne(idsOrKeys, (idOrKey) => ticketById(idOrKey, property, parts))
  const shown = found.filter((ticket) => ticket !== null)
  if (shown.length < idsOrKeys.length) await askWhoWeAre(parts)
  return shown
}

/**
 * The same tickets with the value of one issue property, each asked for by itself: the search of REST v2 gives none. A
 * property that is not there is believed only where Jira still knows us, as above.
 */
export async function withProperty(
  tickets: readonly FoundTicket[],
  property: string,
  parts: IssueReading,
): Promise<FoundTicket[]> {
  const answers = await oneByOne(tickets, ({ id }) => {
    const path = `${issuePath(id)}/properties/${encodeURIComponent(property)}`
    return unlessStatus([404], parts.read(Property, { method: 'GET', path }))
  })
  if (answers.includes(null)) await askWhoWeAre(parts)
  return tickets.map((ticket, n) => ({ ...ticket, property: answers[n]?.result.value }))
}

async function ticketById(
  idOrKey: string,
  property: string | undefined,
  { reader, read }: IssueReading,
): Promise<FoundTicket | null> {
  const searchParams = { fields: reader.fields.join(','), properties: property }
  const request = { method: 'GET', path: issuePath(idOrKey), searchParams }
  const answer = await unlessStatus(NOT_SHOWN, read(Type.Unknown(), request))
  return answer === null ? null : (reader.read([answer.result], property ?? null)[0] ?? null)
}

/** Throws where Jira does not know us. */
export async function askWhoWeAre({ read }: IssueReading): Promise<void> {
  await read(Myself, { method: 'GET', path: '/rest/api/2/myself' })
}

export function issuePath(idOrKey: string): string {
  return `/rest/api/2/issue/${encodeURIComponent(idOrKey)}`
}

/** Null where Jira refuses with one of these. */
async function unlessStatus<T>(statuses: readonly number[], answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof JiraError && error.status !== null && statuses.includes(error.status)) return null
    throw error
  }
}

/** Does something with each item, a few at a time, and gives the results in their order. The first error ends it. */
async function oneByOne<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  let next = 0
  let failed = false
  const lane = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const n = next++
      try {
        results[n] = await work(items[n] as T)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, lane))
  return results
}
