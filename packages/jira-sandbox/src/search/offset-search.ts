import { Type, type Static } from 'typebox'
import { checked, queryList } from '../http/checked.ts'
import { badRequest, errorCollection, JiraRefusal } from '../http/jira-error.ts'
import type { Call } from '../http/route.ts'
import { issueJson, selectFields } from '../issues/issue-json.ts'
import { fromRow, ISSUE_COLUMNS, type IssueRow } from '../issues/issue-record.ts'
import { readJql, type ReadQuery } from '../jql/compile.ts'
import { JqlError } from '../jql/jql-error.ts'
import { orderSql } from '../jql/order.ts'
import type { SandboxSite } from '../site.ts'
import type { SearchOddity } from './oddities.ts'
import { consistent, jqlContext } from './search.ts'

/** The search of REST v2, which Data Center still has: by offset, with a total, on live results. */
const OffsetSearch = Type.Object({
  jql: Type.Optional(Type.String({ maxLength: 100_000 })),
  startAt: Type.Optional(Type.Integer({ minimum: 0 })),
  /** Negative: as many as there may be. */
  maxResults: Type.Optional(Type.Integer()),
  /**
   * `false`, `warn` or `none`, in any case: a value that is not there finds nothing, and a warning says so. Of what is no
   * query it saves nothing.
   */
  validateQuery: Type.Optional(Type.Union([Type.Boolean(), Type.String({ maxLength: 20 })])),
  fields: Type.Optional(Type.Array(Type.String())),
})
type OffsetSearch = Static<typeof OffsetSearch>

/** A request for it, in whichever way it was made. Throws a 400. */
export function readOffsetSearch(method: 'GET' | 'POST', { query, body }: Call): OffsetSearch {
  return method === 'GET' ? offsetSearchFrom(query) : checked(OffsetSearch, body)
}

function offsetSearchFrom(query: URLSearchParams): OffsetSearch {
  const number = (name: string): object => {
    const text = query.get(name)
    if (text === null) return {}
    if (!/^-?\d+$/.test(text)) throw badRequest(`'${text}' is not a whole number.`)
    return { [name]: Number(text) }
  }
  return checked(OffsetSearch, {
    ...(query.has('jql') && { jql: query.get('jql') }),
    ...number('startAt'),
    ...number('maxResults'),
    ...(query.has('validateQuery') && { validateQuery: query.get('validateQuery') }),
    ...(query.has('fields') && { fields: queryList(query, 'fields') }),
  })
}

const DEFAULT_PAGE = 50

/** Tickets `startAt` and following, as the index has them now. Throws Jira's 400, or its 500 beyond the window. */
export function offsetSearch(
  site: SandboxSite,
  request: OffsetSearch,
  oddity: SearchOddity | null = null,
): object {
  const { jql = '', startAt = 0, maxResults = DEFAULT_PAGE, validateQuery = true } = request
  const { searchPageCap, searchWindow } = site.settings()
  const size = maxResults < 0 ? searchPageCap : Math.min(maxResults, searchPageCap)
  if (startAt + size > searchWindow) throw beyondWindow(searchWindow)
  const fields = selectFields(request.fields ?? ['*navigable'])
  const nowMs = site.clock.now()
  const query = read(site, jql, nowMs)
  if (isStrict(validateQuery) && query.problems.length > 0) throw badRequest(...query.problems)
  const { total, rows } = consistent(site, nowMs, [], () => ({
    total: countRows(site, query),
    rows: selectRows(site, query, startAt, size),
  }))
  return {
    expand: 'schema,names',
    startAt,
    maxResults: size,
    total,
    issues: spoiled(rows, oddity).map((row) => issueJson(site, fromRow(row), fields, undefined)),
    ...(query.problems.length > 0 && { warningMessages: query.problems }),
  }
}

function isStrict(validateQuery: boolean | string): boolean {
  return !['false', 'warn', 'none'].includes(String(validateQuery).toLowerCase())
}

/** Some of the rows, where something goes wrong on purpose. */
function spoiled(rows: readonly IssueRow[], oddity: SearchOddity | null): readonly IssueRow[] {
  if (oddity === 'empty-page') return []
  return oddity === 'short-page' ? rows.slice(0, Math.ceil(rows.length / 2)) : rows
}

function beyondWindow(window: number): JiraRefusal {
  return new JiraRefusal(
    500,
    errorCollection([`Search limit exceeded: only the first ${window} results can be paged.`]),
  )
}

function read(site: SandboxSite, jql: string, nowMs: number): ReadQuery {
  try {
    return readJql(jql, jqlContext(site, nowMs))
  } catch (error) {
    if (error instanceof JqlError) throw badRequest(...error.messages)
    throw error
  }
}

function countRows(site: SandboxSite, { where }: ReadQuery): number {
  const count = site.db.prepare(`SELECT count(*) FROM indexed_issues WHERE ${where.text}`).pluck()
  return count.get(...where.values) as number
}

function selectRows(
  site: SandboxSite,
  { where, order }: ReadQuery,
  startAt: number,
  limit: number,
): IssueRow[] {
  const text = `SELECT ${ISSUE_COLUMNS} FROM indexed_issues WHERE ${where.text} ORDER BY ${orderSql(order)} LIMIT ? OFFSET ?`
  return site.db.prepare<(string | number)[], IssueRow>(text).all(...where.values, limit, startAt)
}
