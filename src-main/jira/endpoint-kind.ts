import type { HttpRequest } from './transport.ts'

/** Each with the first of these that fits; the keys and ids in a path are no part of it. */
const KINDS: readonly (readonly [kind: string, method: string | null, path: RegExp])[] = [
  ['search', null, /^\/search(\/jql)?$/],
  ['count', null, /^\/search\/approximate-count$/],
  ['bulk-fetch', null, /^\/issue\/bulkfetch$/],
  ['create-meta', null, /^\/issue\/createmeta\//],
  ['create', 'POST', /^\/issue$/],
  ['delete', 'DELETE', /^\/issue\/[^/]+$/],
  ['issue', null, /^\/issue\/[^/]+(\/|$)/],
  ['myself', null, /^\/myself$/],
  ['server', null, /^\/serverInfo$/],
  ['projects', null, /^\/project(\/|$)/],
  ['priorities', null, /^\/priority(\/|$)/],
  ['permissions', null, /^\/mypermissions$/],
]

/** What a request asks of Jira, as one of a dozen words, or `other`. */
export function endpointKind({ method, path }: Pick<HttpRequest, 'method' | 'path'>): string {
  const rest = path.replace(/^\/rest\/api\/\d+/, '')
  const found = KINDS.find(([, only, fits]) => (only === null || only === method) && fits.test(rest))
  return found?.[0] ?? 'other'
}
