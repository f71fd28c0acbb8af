/** The answer to a request that came too fast. */
export interface TooFast {
  /** Whole seconds, at least 1. */
  readonly retryAfterSeconds: number
  /** Requests a second. */
  readonly limit: number
}

/** Answers whether a request may pass: null if so. An endpoint is a path and a method; 0 a second means no limit. */
export type BurstLimit = (endpoint: string, perSecond: number, nowMs: number) => TooFast | null

/**
 * Jira's burst limit: a bucket of tokens for each endpoint that refills steadily. Times are the machine's epoch ms: a
 * compressed hour does not loosen it.
 */
export function createBurstLimit(): BurstLimit {
  const buckets = new Map<string, { tokens: number; atMs: number }>()
  return (endpoint, perSecond, nowMs) => {
    if (perSecond === 0) return null
    const bucket = buckets.get(endpoint) ?? { tokens: perSecond, atMs: nowMs }
    const refilled = bucket.tokens + (Math.max(0, nowMs - bucket.atMs) / 1_000) * perSecond
    const tokens = Math.min(perSecond, refilled)
    const passes = tokens >= 1
    buckets.set(endpoint, { tokens: passes ? tokens - 1 : tokens, atMs: nowMs })
    return passes ? null : { retryAfterSeconds: Math.ceil((1 - tokens) / perSecond), limit: perSecond }
  }
}

/** The headers of Jira's 429. `X-RateLimit-Reset` is an ISO time, not a number. */
export function refusalHeaders(
  { retryAfterSeconds, limit }: TooFast,
  siteMs: number,
): Record<string, string> {
  return {
    'retry-after': String(retryAfterSeconds),
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': '0',
    'x-ratelimit-reset': new Date(siteMs + retryAfterSeconds * 1_000).toISOString(),
    'ratelimit-reason': 'jira-burst-based',
  }
}
