import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import { checked, queryList } from '../http/checked.ts'
import { badRequest } from '../http/jira-error.ts'
import type { Call } from '../http/route.ts'
import { createdFrom } from '../jql/created-from.ts'

/** The body of a search. Closed: what the old API took besides (`startAt`) is refused. */
export const SearchRequest = Type.Object(
  {
    jql: Type.Optional(Type.String({ maxLength: 100_000 })),
    nextPageToken: Type.Optional(Type.Union([Type.String(), Type.Null()])),
    maxResults: Type.Optional(Type.Integer()),
    fields: Type.Optional(Type.Array(Type.String())),
    expand: Type.Optional(Type.String()),
    properties: Type.Optional(Type.Array(Type.String(), { maxItems: 5 })),
    fieldsByKeys: Type.Optional(Type.Boolean()),
    failFast: Type.Optional(Type.Boolean()),
    reconcileIssues: Type.Optional(Type.Array(Type.Integer({ minimum: 1 }), { maxItems: 50 })),
  },
  { additionalProperties: false },
)
export type SearchRequest = Static<typeof SearchRequest>

/** The same request as a query string. Throws a 400. */
export function searchRequestFrom(query: URLSearchParams): SearchRequest {
  const request: Record<string, unknown> = {}
  for (const name of ['jql', 'nextPageToken', 'expand']) {
    const value = query.get(name)
    if (value !== null) request[name] = value
  }
  for (const name of ['fields', 'properties']) if (query.has(name)) request[name] = queryList(query, name)
  if (query.has('reconcileIssues'))
    request['reconcileIssues'] = queryList(query, 'reconcileIssues').map(wholeNumber)
  const maxResults = query.get('maxResults')
  if (maxResults !== null) request['maxResults'] = wholeNumber(maxResults)
  return checked(SearchRequest, request)
}

const WithJql = Type.Object({ jql: Type.String() })

/** From which creation time on (epoch ms) a search looks at tickets, whichever way its query comes. */
export function searchedFrom({ query, body }: Pick<Call, 'query' | 'body'>): number {
  return createdFrom(Check(WithJql, body) ? body.jql : (query.get('jql') ?? ''))
}

function wholeNumber(text: string): number {
  if (!/^-?\d+$/.test(text)) throw badRequest(`'${text}' is not a whole number.`)
  return Number(text)
}

const DEFAULT_PAGE = 50
/** Jira gives thousands of tickets a page only to those who ask for nothing but their ids. */
const LARGEST_PAGE = { ofIds: 5_000, ofFields: 100 }

/** How many tickets a page holds. Throws a 400 for less than one. */
export function pageSize({ maxResults = DEFAULT_PAGE }: SearchRequest, fields: readonly string[]): number {
  if (maxResults < 1) throw badRequest('The maxResults parameter must be at least 1.')
  return Math.min(maxResults, fields.length === 0 ? LARGEST_PAGE.ofIds : LARGEST_PAGE.ofFields)
}
