import { Type } from 'typebox'
import { checked } from '../http/checked.ts'
import { errorCollection, JiraRefusal } from '../http/jira-error.ts'
import { ok, type Answer, type Route } from '../http/route.ts'
import { offsetSearch, readOffsetSearch } from '../search/offset-search.ts'
import { approximateCount, searchPage } from '../search/search.ts'
import { searchedFrom, SearchRequest, searchRequestFrom } from '../search/search-request.ts'
import { asVersion2, type SandboxSite } from '../site.ts'

/** What an anonymous caller finds: nothing, and no error either. */
const NOTHING_FOUND = { issues: [], isLast: true }

export const searchByGet: Route = {
  method: 'GET',
  path: '/rest/api/3/search/jql',
  ticketsFrom: searchedFrom,
  anonymous: () => ok(NOTHING_FOUND),
  handle: (site, call) => ok(searchPage(site, searchRequestFrom(call.query), call.oddity)),
}

export const searchByPost: Route = {
  method: 'POST',
  path: '/rest/api/3/search/jql',
  ticketsFrom: searchedFrom,
  anonymous: () => ok(NOTHING_FOUND),
  handle: (site, call) => ok(searchPage(site, checked(SearchRequest, call.body), call.oddity)),
}

const CountBody = Type.Object({ jql: Type.Optional(Type.String()) }, { additionalProperties: false })

export const countIssues: Route = {
  method: 'POST',
  path: '/rest/api/3/search/approximate-count',
  ticketsFrom: searchedFrom,
  anonymous: () => ok({ count: 0 }),
  handle: (site, call) => ok({ count: approximateCount(site, checked(CountBody, call.body).jql ?? '') }),
}

const REMOVED =
  'The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046'

function gone(): never {
  throw new JiraRefusal(410, errorCollection([REMOVED]))
}

const METHODS = ['GET', 'POST'] as const

/** The search that Jira Cloud took away. */
const removedSearches: readonly Route[] = METHODS.map((method) => ({
  method,
  path: '/rest/api/3/search',
  anonymous: gone,
  handle: gone,
}))

/** The same one of REST v2: programs that know no other still find it, unless it is set to be gone as well. */
const oldSearches: readonly Route[] = METHODS.map((method) => ({
  method,
  path: '/rest/api/2/search',
  ticketsFrom: searchedFrom,
  anonymous: (site) => unlessGone(site, () => ok({ startAt: 0, maxResults: 50, total: 0, issues: [] })),
  handle: (site, call) =>
    unlessGone(site, () => ok(offsetSearch(asVersion2(site), readOffsetSearch(method, call), call.oddity))),
}))

function unlessGone(site: SandboxSite, answer: () => Answer): Answer {
  return site.settings().classicSearch === 'removed' ? gone() : answer()
}

export const classicSearches: readonly Route[] = [...removedSearches, ...oldSearches]
