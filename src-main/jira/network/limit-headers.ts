import type { AnswerHead } from '../answer.ts'

/** What an answer says of a budget that is getting short: how far apart requests should be (ms). */
interface Shortage {
  readonly of: 'site' | 'endpoint'
  readonly gapMs: number
}

/** A budget is short when less than this share of it is left; Jira calls it near-limit, too. */
const SHORT = 0.2

/** A hint that Jira does not enforce slows us down by no more than this. */
const LONGEST_HINTED_GAP_MS = 2_000

const LONGEST_GAP_MS = 10_000

const NEAR_LIMIT_GAP_MS = 1_000

/** Milliseconds until Data Center has a token for us again, which it says on every answer; 0: go on. */
export function emptyForMs({ header }: AnswerHead): number {
  const remaining = numberOf(header('x-ratelimit-remaining'))
  const seconds = numberOf(header('retry-after'))
  return remaining === 0 && seconds !== null ? seconds * 1_000 : 0
}

/**
 * The budgets that are short, as any answer may show before a 429 does: Data Center's bucket, Cloud's near-limit mark,
 * and its policies, enforced or (`Beta-`) announced. Policies that we do not know are left aside.
 * https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
 */
export function shortages(head: AnswerHead): Shortage[] {
  const { header } = head
  const near = header('x-ratelimit-nearlimit')?.toLowerCase() === 'true'
  return [
    ...bucketShortage(head),
    ...(near ? [{ of: 'site' as const, gapMs: NEAR_LIMIT_GAP_MS }] : []),
    ...policiesOf(head).flatMap(({ of, limit, remaining, seconds, isAnnounced }) => {
      if (seconds === undefined || limit === 0 || remaining / limit >= SHORT) return []
      const longestMs = isAnnounced ? LONGEST_HINTED_GAP_MS : LONGEST_GAP_MS
      return [{ of, gapMs: Math.min((seconds / Math.max(remaining, 1)) * 1_000, longestMs) }]
    }),
  ]
}

/** https://confluence.atlassian.com/adminjiraserver/adjusting-your-code-for-rate-limiting-987143384.html */
function bucketShortage({ header }: AnswerHead): Shortage[] {
  const limit = numberOf(header('x-ratelimit-limit'))
  const remaining = numberOf(header('x-ratelimit-remaining'))
  const seconds = numberOf(header('x-ratelimit-interval-seconds'))
  const fill = numberOf(header('x-ratelimit-fillrate'))
  if (limit === null || remaining === null || seconds === null || fill === null) return []
  if (limit === 0 || fill === 0 || remaining / limit >= SHORT) return []
  return [{ of: 'site', gapMs: Math.min((seconds / fill) * 1_000, LONGEST_GAP_MS) }]
}

/** How much of a budget there is and is left, as an answer states it. `budget` is one of five words. */
interface StatedBudget {
  readonly budget: 'bucket' | 'burst' | 'quota' | 'announced-burst' | 'announced-quota'
  readonly limit: number
  readonly remaining: number
}

/** All budgets that an answer states, short or not; of several of one kind that of which the least is left. */
export function statedBudgets(head: AnswerHead): StatedBudget[] {
  const limit = numberOf(head.header('x-ratelimit-limit'))
  const remaining = numberOf(head.header('x-ratelimit-remaining'))
  const stated = [
    ...(limit === null || remaining === null ? [] : [{ budget: 'bucket' as const, limit, remaining }]),
    ...policiesOf(head).map((policy): StatedBudget => {
      const name = policy.of === 'site' ? 'quota' : 'burst'
      const budget = policy.isAnnounced ? (`announced-${name}` as const) : name
      return { budget, limit: policy.limit, remaining: policy.remaining }
    }),
  ]
  const least = new Map<string, StatedBudget>()
  for (const one of stated) {
    const known = least.get(one.budget)
    if (known === undefined || share(one) < share(known)) least.set(one.budget, one)
  }
  return [...least.values()]
}

function share({ limit, remaining }: StatedBudget): number {
  return limit === 0 ? 0 : remaining / limit
}

interface Policy {
  readonly of: Shortage['of']
  readonly limit: number
  readonly remaining: number
  /** Until it is whole again, where that is said. */
  readonly seconds: number | undefined
  /** Not enforced yet. */
  readonly isAnnounced: boolean
}

/** The policies that we know, each with what is left of it. */
function policiesOf({ header }: AnswerHead): Policy[] {
  return ['', 'beta-'].flatMap((prefix) => {
    const policies = listed(header(`${prefix}ratelimit-policy`))
    const limits = new Map(policies.map(({ name, numbers }) => [name, numbers['q']]))
    return listed(header(`${prefix}ratelimit`)).flatMap(({ name, numbers: { r: remaining, t: seconds } }) => {
      const limit = limits.get(name)
      const of = scopeOf(name)
      if (of === null || limit === undefined || remaining === undefined) return []
      return [{ of, limit, remaining, seconds, isAnnounced: prefix !== '' }]
    })
  })
}

function scopeOf(policy: string): Shortage['of'] | null {
  if (policy === 'jira-burst-based') return 'endpoint'
  return policy.includes('quota') ? 'site' : null
}

interface Item {
  readonly name: string
  readonly numbers: Readonly<Record<string, number>>
}

/** The items of `"name";q=1;w=2, "other";…`, those that are no such thing left out. */
function listed(value: string | null): Item[] {
  return (value ?? '').split(',').flatMap((item) => {
    const [quoted = '', ...parameters] = item.split(';').map((part) => part.trim())
    const name = /^"([\w-]{1,60})"$/.exec(quoted)?.[1]
    if (name === undefined) return []
    const numbers = parameters.flatMap((parameter) => {
      const [, key = '', digits = ''] = /^([a-z]+)=(\d{1,12})$/.exec(parameter) ?? []
      return key === '' ? [] : [[key, Number(digits)] as const]
    })
    return [{ name, numbers: Object.fromEntries(numbers) }]
  })
}

function numberOf(value: string | null): number | null {
  return value !== null && /^\d{1,9}$/.test(value.trim()) ? Number(value) : null
}

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
