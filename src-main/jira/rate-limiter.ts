import type { Clock } from '../clock.ts'
import { NO_METRICS, type Metrics } from '../metrics/metrics.ts'
import type { AnswerHead } from './answer-head.ts'
import { cancelled, limited } from './errors.ts'
import { emptyForMs, shortages, toldBudgets } from './limit-headers.ts'
import { endpointScope, limitedScope, scopesOf, SITE, type LimitScope } from './limit-scope.ts'
import { limitedForMs, rateLimitReason } from './rate-limit.ts'
import { LONGEST_ASKED_WAIT_MS, SHORTEST_BACKOFF_MS } from './retry.ts'
import type { HttpRequest } from './transport.ts'

/** Keeps all calls of a site within the limits that its answers tell of. */
export interface RateLimiter {
  /**
   * Resolves when a request may be sent. Throws `jira-limited` at once where that is more than `longestWaitMs` away (two
   * minutes, where nothing else was said), and `cancelled` where the signal ends the wait.
   */
  turn(request: HttpRequest, signal: AbortSignal): Promise<void>
  /** Learns from an answer, also from one that is an error. */
  heard(request: HttpRequest, head: AnswerHead): void
}

/** No pause lasts longer, whatever was asked for: quotas are reset on the hour. */
const LONGEST_PAUSE_MS = 3_600_000

/** After a 429 requests of its scope keep this much apart, doubled by each further one. */
const FIRST_GAP_MS = 50
const LONGEST_BACKOFF_GAP_MS = 2_000

/** What each answer without a 429 leaves of that. */
const RECOVERY = 0.8

/** All that is known of a scope. Times are the clock's epoch ms. */
interface Limit {
  /** Nothing is sent before this; `setMs` is when it was learnt. */
  untilMs: number
  setMs: number
  reason: string | null
  /** Least time between two requests: learnt from a 429, and from how much is left. */
  backoffGapMs: number
  shortGapMs: number
  lastSentMs: number
}

interface LimiterParts {
  readonly clock: Clock
  readonly host: string
  readonly longestWaitMs?: number
  readonly metrics?: Pick<Metrics, 'jiraWaits' | 'jiraHeldBack' | 'jiraLimit' | 'jiraRemaining'>
}

export function createRateLimiter(parts: LimiterParts): RateLimiter {
  const { clock, host, longestWaitMs = LONGEST_ASKED_WAIT_MS, metrics = NO_METRICS } = parts
  const limits = new Map<LimitScope, Limit>()
  const limitOf = (scope: LimitScope): Limit => {
    const limit = limits.get(scope) ?? { ...UNLIMITED }
    limits.set(scope, limit)
    return limit
  }
  const limitsOf = (request: HttpRequest): Limit[] =>
    scopesOf(request).flatMap((scope) => limits.get(scope) ?? [])
  return {
    async turn(request, signal) {
      await takeTurn(() => limitsOf(request), { clock, host, longestWaitMs, metrics, signal })
    },
    heard(request, head) {
      const nowMs = clock.now()
      if (head.status === 429) {
        const reason = rateLimitReason(head)
        slowDown(limitOf(limitedScope(request, reason)), { nowMs, reason, waitMs: limitedForMs(head) })
      } else {
        recover(limitsOf(request))
        const emptyMs = emptyForMs(head)
        if (emptyMs > 0) pause(limitOf(SITE), { nowMs, reason: null, waitMs: emptyMs })
      }
      for (const { budget, limit, remaining } of toldBudgets(head)) {
        metrics.jiraLimit.set({ budget }, limit)
        metrics.jiraRemaining.set({ budget }, remaining)
      }
      for (const { of, gapMs } of shortages(head)) {
        const limit = limitOf(of === 'site' ? SITE : endpointScope(request))
        limit.shortGapMs = Math.max(limit.shortGapMs, gapMs)
      }
    },
  }
}

const UNLIMITED: Limit = {
  untilMs: 0,
  setMs: 0,
  reason: null,
  backoffGapMs: 0,
  shortGapMs: 0,
  lastSentMs: 0,
}

/** Waits until no limit keeps a request back, also none that is learnt during the wait, and counts it as sent. */
async function takeTurn(
  limits: () => readonly Limit[],
  { clock, host, longestWaitMs, metrics, signal }: Required<LimiterParts> & { readonly signal: AbortSignal },
): Promise<void> {
  const beganMs = clock.now()
  for (let waitedUntilMs = 0; ;) {
    const nowMs = clock.now()
    const mine = limits()
    const untilMs = Math.max(0, ...mine.map((limit) => readyMs(limit, nowMs)))
    if (untilMs <= Math.max(nowMs, waitedUntilMs)) {
      // Before anything else can run: those who waited for the same pause keep apart, too.
      for (const limit of mine) limit.lastSentMs = nowMs
      if (waitedUntilMs > 0) metrics.jiraWaits.observe({}, Math.max(0, nowMs - beganMs) / 1_000)
      return
    }
    const waitMs = untilMs - nowMs
    if (waitMs > longestWaitMs) {
      const reason = mine.find((limit) => readyMs(limit, nowMs) === untilMs)?.reason ?? null
      metrics.jiraHeldBack.add({})
      throw limited(host, reason, waitMs)
    }
    await clock.sleep(waitMs, signal).catch(() => {
      // The only way a sleep ends early is its signal.
      throw cancelled('unsent')
    })
    waitedUntilMs = untilMs
  }
}

/** When a limit lets the next request through. A clock that was set back makes what was learnt worthless. */
function readyMs(limit: Limit, nowMs: number): number {
  const pausedUntilMs = nowMs < limit.setMs ? 0 : limit.untilMs
  const gapMs = Math.max(limit.backoffGapMs, limit.shortGapMs)
  const spacedMs = nowMs < limit.lastSentMs ? 0 : limit.lastSentMs + gapMs
  return Math.max(pausedUntilMs, spacedMs)
}

interface Met {
  readonly nowMs: number
  readonly reason: string | null
  /** What the answer asked for; null or 0: nothing. */
  readonly waitMs: number | null
}

function pause(limit: Limit, { nowMs, reason, waitMs }: Met): void {
  const untilMs = nowMs + Math.min(waitMs || SHORTEST_BACKOFF_MS, LONGEST_PAUSE_MS)
  if (untilMs <= limit.untilMs && nowMs >= limit.setMs) return
  Object.assign(limit, { untilMs, setMs: nowMs, reason })
}

function slowDown(limit: Limit, met: Met): void {
  pause(limit, met)
  limit.backoffGapMs = Math.min(Math.max(limit.backoffGapMs * 2, FIRST_GAP_MS), LONGEST_BACKOFF_GAP_MS)
}

function recover(limits: readonly Limit[]): void {
  for (const limit of limits) {
    limit.shortGapMs = 0
    limit.backoffGapMs = limit.backoffGapMs < FIRST_GAP_MS / 4 ? 0 : limit.backoffGapMs * RECOVERY
  }
}
