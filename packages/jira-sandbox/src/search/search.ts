import { badRequest } from '../http/jira-error.ts'
import { issueJson, selectFields } from '../issues/issue-json.ts'
import { fromRow } from '../issues/issue-record.ts'
import { userNameOf, users, type SandboxUser } from '../issues/vocabulary-json.ts'
import { compileJql, type CompiledQuery } from '../jql/compile.ts'
import type { JqlContext } from '../jql/fields/field.ts'
import { isNamed } from '../jql/fields/project.ts'
import { JqlError } from '../jql/jql-error.ts'
import type { SandboxSite } from '../site.ts'
import type { SearchOddity } from './oddities.ts'
import { pageSql, sortValues, type FoundRow } from './page-sql.ts'
import { readPageToken, searchFingerprint, writePageToken, type PagePosition } from './page-token.ts'
import { pageSize, type SearchRequest } from './search-request.ts'

/**
 * One page of a search over the index. Pages are live: each continues after the last ticket that was given, so a
 * ticket that is touched meanwhile may come again, or come later. Throws Jira's 400.
 */
export function searchPage(
  site: SandboxSite,
  request: SearchRequest,
  oddity: SearchOddity | null = null,
): object {
  const { jql = '', nextPageToken, reconcileIssues = [], properties = [] } = request
  const fields = selectFields(request.fields ?? ['id'])
  const again = site.replays.take(nextPageToken)
  if (again !== undefined) return again
  const size = pageSize(request, fields)
  const nowMs = site.clock.now()
  const search = searchFingerprint(jql, reconcileIssues)
  const position: PagePosition =
    typeof nextPageToken === 'string' && nextPageToken !== ''
      ? readPageToken(nextPageToken, search, site.identity.secret, nowMs)
      : { search, startedMs: nowMs, after: [] }

  const token = (next: Partial<PagePosition>): string =>
    writePageToken({ ...position, ...next }, site.identity.secret)
  if (oddity === 'empty-page') {
    return { issues: [], isLast: false, nextPageToken: token({ turn: (position.turn ?? 0) + 1 }) }
  }

  const query = compileFor(site, jql, position.startedMs)
  const rows = consistent(site, nowMs, reconcileIssues, () =>
    selectRows(site, query, position.after, size + 1),
  )
  const page = rows.slice(0, oddity === 'short-page' ? shortSize(rows.length, size) : size)
  const last = page.at(-1)
  const values = site.properties.ofIssues(
    page.map(({ id }) => id),
    properties,
  )
  const issues = page.map((row) =>
    issueJson(site, fromRow(row), fields, properties.length > 0 ? (values.get(row.id) ?? {}) : undefined),
  )
  if (last === undefined || page.length === rows.length) return { issues, isLast: true }
  const answer = { issues, isLast: false, nextPageToken: token({ after: sortValues(query, last) }) }
  if (oddity === 'repeated-page') site.replays.keep(answer, 1)
  if (oddity === 'repeated-token') site.replays.keep(answer, Infinity)
  return answer
}

/** Half of what the page would hold. */
function shortSize(found: number, size: number): number {
  return Math.max(1, Math.floor(Math.min(found, size) / 2))
}

/** How many tickets of the index a query matches. Throws Jira's 400. */
export function approximateCount(site: SandboxSite, jql: string): number {
  const nowMs = site.clock.now()
  const { where } = compileFor(site, jql, nowMs)
  return consistent(site, nowMs, [], () => {
    const count = site.db.prepare(`SELECT count(*) FROM indexed_issues WHERE ${where.text}`).pluck()
    return count.get(...where.values) as number
  })
}

/** What this site's queries are read against. */
export function jqlContext(site: SandboxSite, nowMs: number): JqlContext {
  const { userZone, severity, unseenInJql } = site.settings()
  const all = site.everything.projects.all()
  return {
    projects: site.projects,
    seesAll: site.projects.all().length === all.length,
    isUnseen: (wanted) => unseenInJql === 'empty' && all.some((project) => isNamed(project, wanted)),
    issues: site.issues,
    users: users(site).map((user) => ({ id: user.id, names: namesOf(site, user) })),
    priorities: site.priorities(),
    hasSeverity: severity !== 'none',
    nowMs,
    userZone,
  }
}

/** Cloud knows people by their account ids, Data Center by their names. */
function namesOf(site: SandboxSite, { accountId, email, displayName }: SandboxUser): string[] {
  const name = site.settings().deployment === 'cloud' ? accountId : userNameOf(email)
  return [name, email, displayName]
}

/** Reads a query as this site would. Throws Jira's 400. */
export function compileFor(site: SandboxSite, jql: string, nowMs: number): CompiledQuery {
  try {
    return compileJql(jql, jqlContext(site, nowMs))
  } catch (error) {
    if (error instanceof JqlError) throw badRequest(...error.messages)
    throw error
  }
}

/** Runs a search on an index that has everything that is due by now, and these tickets in any case. */
export function consistent<T>(
  site: SandboxSite,
  nowMs: number,
  reconcileIds: readonly number[],
  search: () => T,
): T {
  site.index.catchUp(nowMs)
  return site.index.reconciled(reconcileIds, search)
}

function selectRows(
  site: SandboxSite,
  query: CompiledQuery,
  after: PagePosition['after'],
  limit: number,
): FoundRow[] {
  const { text, values } = pageSql(query, after, limit)
  return site.db.prepare<(string | number)[], FoundRow>(text).all(...values)
}
