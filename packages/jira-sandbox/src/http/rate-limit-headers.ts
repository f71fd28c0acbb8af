import type { FaultRule } from '../faults/request-faults.ts'

/** Jira's rate limit headers, after Atlassian's page "Rate limiting". */

const REASONS = {
  burst: 'jira-burst-based',
  'per-issue': 'jira-per-issue-on-write',
  'quota-tenant': 'jira-quota-tenant-based',
  'quota-global': 'jira-quota-global-based',
} as const

/** `Retry-After`, as the rule has it: 1 s where it does not say, none where it says null. */
export function retryAfter({ retryAfterSeconds = 1 }: FaultRule): Record<string, string> {
  return retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }
}

/** The headers of a 429. `X-RateLimit-Reset` is an ISO time on the site's clock (`siteMs`), not a number. */
export function limitHeaders(rule: FaultRule, siteMs: number): Record<string, string> {
  const { reason = 'burst', retryAfterSeconds = 1 } = rule
  return {
    ...retryAfter(rule),
    ...(retryAfterSeconds !== null && {
      'x-ratelimit-reset': new Date(siteMs + retryAfterSeconds * 1_000).toISOString(),
    }),
    ...(reason !== null && { 'ratelimit-reason': REASONS[reason] }),
    'x-ratelimit-limit': '100',
    'x-ratelimit-remaining': '0',
  }
}

/** What a good answer says when less than a fifth of the limit is left. */
export function nearLimitHeaders(): Record<string, string> {
  return { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '12', 'x-ratelimit-nearlimit': 'true' }
}
