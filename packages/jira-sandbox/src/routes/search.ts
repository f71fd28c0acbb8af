import { Type } from 'typebox'
import { checked } from '../http/checked.ts'
import { errorCollection, JiraRefusal } from '../http/jira-error.ts'
import { ok, type Route } from '../http/route.ts'
import { approximateCount, searchPage } from '../search/search.ts'
import { SearchRequest, searchRequestFrom } from '../search/search-request.ts'

/** What an anonymous caller finds: nothing, and no error either. */
const NOTHING_FOUND = { issues: [], isLast: true }

export const searchByGet: Route = {
  method: 'GET',
  path: '/rest/api/3/search/jql',
  anonymous: () => ok(NOTHING_FOUND),
  handle: (site, call) => ok(searchPage(site, searchRequestFrom(call.query), call.oddity)),
}

export const searchByPost: Route = {
  method: 'POST',
  path: '/rest/api/3/search/jql',
  anonymous: () => ok(NOTHING_FOUND),
  handle: (site, call) => ok(searchPage(site, checked(SearchRequest, call.body), call.oddity)),
}

const CountBody = Type.Object({ jql: Type.Optional(Type.String()) }, { additionalProperties: false })

export const countIssues: Route = {
  method: 'POST',
  path: '/rest/api/3/search/approximate-count',
  anonymous: () => ok({ count: 0 }),
  handle: (site, call) => ok({ count: approximateCount(site, checked(CountBody, call.body).jql ?? '') }),
}

const REMOVED =
  'The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046'

function gone(): never {
  throw new JiraRefusal(410, errorCollection([REMOVED]))
}

/** The search that Jira Cloud took away. */
export const removedSearches: readonly Route[] = (['GET', 'POST'] as const).flatMap((method) =>
  ['/rest/api/2/search', '/rest/api/3/search'].map((path) => ({
    method,
    path,
    anonymous: gone,
    handle: gone,
  })),
)
