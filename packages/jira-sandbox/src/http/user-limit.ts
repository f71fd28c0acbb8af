import type { Limited } from './fronts.ts'

/**
 * A Data Center server's rate limit, where its administrator has switched it on: one bucket of tokens for each user
 * (the sandbox has one), in the headers of every answer. https://confluence.atlassian.com/adminjiraserver/improving-instance-stability-with-rate-limiting-983794911.html
 */
export function createUserLimit(): (perSecond: number, nowMs: number) => Limited {
  let tokens = 0
  let atMs: number | null = null
  return (perSecond, nowMs) => {
    if (perSecond === 0) return { refused: false, headers: {} }
    const gained = atMs === null ? perSecond : (Math.max(0, nowMs - atMs) / 1_000) * perSecond
    tokens = Math.min(perSecond, tokens + gained)
    atMs = nowMs
    const refused = tokens < 1
    if (!refused) tokens -= 1
    return {
      refused,
      headers: {
        'x-ratelimit-limit': String(perSecond),
        'x-ratelimit-remaining': String(Math.floor(tokens)),
        'x-ratelimit-interval-seconds': '1',
        'x-ratelimit-fillrate': String(perSecond),
        // 0: go on.
        'retry-after': refused ? String(Math.ceil((1 - tokens) / perSecond)) : '0',
      },
    }
  }
}
