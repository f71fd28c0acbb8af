import { isQuota } from './rate-limit.ts'
import type { HttpRequest } from './transport.ts'

/** What a limit counts together: everything of the site, one endpoint with one method, or the writes to one issue. */
export type LimitScope = string

export const SITE: LimitScope = 'site'

/** The scopes whose limits meet a request. */
export function scopesOf(request: HttpRequest): LimitScope[] {
  const issue = issueScope(request)
  return [SITE, endpointScope(request), ...(issue === null ? [] : [issue])]
}

/**
 * The scope that a 429 is about: burst limits one endpoint, per-issue one issue, a quota everything. An answer that
 * does not say is taken to mean everything, as Data Center does.
 */
export function limitedScope(request: HttpRequest, reason: string | null): LimitScope {
  if (reason === null || isQuota(reason)) return SITE
  if (reason === 'jira-per-issue-on-write') return issueScope(request) ?? endpointScope(request)
  return endpointScope(request)
}

/** Ids and keys are left out: `POST /rest/api/3/issue/bulkfetch`, `PUT /rest/api/3/issue/*`. */
export function endpointScope({ method, path }: HttpRequest): LimitScope {
  const [, base = '', rest = ''] = /^(\/rest\/api\/\d+)?(.*)$/.exec(path) ?? []
  return `${method} ${base}${rest.replaceAll(/\/[^/]*\d[^/]*/g, '/*')}`
}

function issueScope({ method, path }: HttpRequest): LimitScope | null {
  const issue = /^\/rest\/api\/\d+\/issue\/([^/]*\d[^/]*)/.exec(path)?.[1]
  return issue === undefined || method === 'GET' ? null : `issue ${issue}`
}
