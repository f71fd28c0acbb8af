import type { AnswerHead } from './answer-head.ts'

/**
 * The wait (ms) that an answer asks for by `Retry-After`, in whole seconds or as a date, which counts from the answer's
 * own `Date`. Null where there is none that can be read.
 */
export function retryAfterMs({ header }: AnswerHead): number | null {
  const value = header('retry-after')?.trim() ?? ''
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1_000
  return untilMs(value, header('date'))
}

/**
 * The wait (ms) until the limit that was met is lifted: what `Retry-After` asks for, at least, and for a quota until its
 * reset, an ISO time by the site's own clock. Null where the answer names neither.
 */
export function limitedForMs(head: AnswerHead): number | null {
  const askedMs = retryAfterMs(head)
  const resetMs = isQuota(rateLimitReason(head))
    ? untilMs(head.header('x-ratelimit-reset') ?? '', head.header('date'))
    : null
  return askedMs === null ? resetMs : Math.max(askedMs, resetMs ?? 0)
}

/**
 * Which of Jira Cloud's limits was met: `jira-burst-based`, `jira-per-issue-on-write`, `jira-quota-…`. Null where the
 * answer does not say. https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
 */
export function rateLimitReason({ header }: AnswerHead): string | null {
  const reason = header('ratelimit-reason')
  return reason !== null && /^jira-[a-z-]{1,40}$/.test(reason) ? reason : null
}

export function isQuota(reason: string | null): boolean {
  return reason?.startsWith('jira-quota') ?? false
}

function untilMs(time: string, from: string | null): number | null {
  const ms = Date.parse(time) - Date.parse(from ?? '')
  return Number.isNaN(ms) ? null : Math.max(0, ms)
}
