/**
 * The wait (ms) that an answer asks for by `Retry-After`, in whole seconds or as a date, which counts from the answer's
 * own `Date`. Null where there is none that can be read.
 */
export function retryAfterMs(headers: Headers): number | null {
  const value = headers.get('retry-after')?.trim() ?? ''
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000
  const untilMs = Date.parse(value)
  const nowMs = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(untilMs - nowMs) ? null : Math.max(0, untilMs - nowMs)
}

/**
 * Which of Jira Cloud's limits was met: `jira-burst-based`, `jira-per-issue-on-write`, `jira-quota-…`. Null where the
 * answer does not say. https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
 */
export function rateLimitReason(headers: Headers): string | null {
  const reason = headers.get('ratelimit-reason')
  return reason !== null && /^[\w-]{1,60}$/.test(reason) ? reason : null
}
