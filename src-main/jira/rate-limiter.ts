import { NO_METRICS, type Metrics } from '../metrics/metrics.ts'
import { elapsedMs, type Clock } from '../runtime/clock.ts'
import type { AnswerHead } from './answer.ts'
import { limited } from './errors.ts'
import {
  emptyForMs,
  isQuota,
  limitedForMs,
  rateLimitReason,
  shortages,
  statedBudgets,
} from './network/limit-headers.ts'
import { LONGEST_ASKED_WAIT_MS, SHORTEST_BACKOFF_MS, sleepOrCancel } from './retry.ts'
import type { HttpRequest } from './transport.ts'

export type RateLimiter = ReturnType<typeof createRateLimiter>

/** Until when a site takes nothing from an account: epoch ms, `setMs` when it said so. */
export interface Pause {
  readonly setMs: number
  readonly untilMs: number
  readonly reason: string | null
}

/** Keeps pauses for the next process. */
export interface PauseMemory {
  pause(address: string, account: string): Promise<Pause | null>
  rememberPause(address: string, account: string, pause: Pause): Promise<void>
}

const SITE: LimitScope = 'site'

/** What is left of a pause. A clock that was set back before it began says nothing of it: then Jira is asked. */
function pauseLeftMs({ setMs, untilMs }: Pause, nowMs: number): number {
  return nowMs < setMs ? 0 : Math.max(0, Math.min(untilMs, setMs + LONGEST_PAUSE_MS) - nowMs)
}

/** Shorter ones are over before another process asks. */
const NOTABLE_PAUSE_MS = 5_000

/** No pause lasts longer, whatever was asked for: quotas are reset on the hour. */
const LONGEST_PAUSE_MS = 3_600_000

/** After a 429 requests of its scope keep this much apart, doubled by each further one. */
const FIRST_GAP_MS = 50

const LONGEST_BACKOFF_GAP_MS = 2_000

/** What each answer without a 429 leaves of that. */
const RECOVERY = 0.8

/** All that is known of a scope. Times are the clock's elapsed ms, so that setting it changes no wait. */
interface Limit {
  /** Nothing is sent before this. */
  untilMs: number
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
  /** What an earlier process learnt. */
  readonly paused?: Promise<Pause | null>
  /** Called for a pause of the whole site that another process should keep, too. */
  readonly onPause?: (pause: Pause) => void
  /** Called when a request is to wait for a pause. */
  readonly onWait?: ((host: string, untilMs: number) => void) | undefined
  readonly metrics?: Pick<Metrics, 'jiraWaits' | 'jiraHeldBack' | 'jiraLimit' | 'jiraRemaining'>
}

/** Keeps all calls of a site within the limits that its answers announce. */
export function createRateLimiter(parts: LimiterParts) {
  const { clock, onPause, metrics = NO_METRICS } = parts
  const limits = new Map<LimitScope, Limit>()
  const limitOf = (scope: LimitScope): Limit => {
    const limit = limits.get(scope) ?? { ...UNLIMITED }
    limits.set(scope, limit)
    return limit
  }
  const limitsOf = (request: HttpRequest): Limit[] =>
    scopesOf(request).flatMap((scope) => limits.get(scope) ?? [])
  const recalled = parts.paused?.then((pause) => {
    const waitMs = pause === null ? 0 : pauseLeftMs(pause, clock.now())
    if (pause === null || waitMs === 0) return
    pauseFor(limitOf(SITE), { nowMs: elapsedMs(clock), reason: pause.reason, waitMs })
  })
  const pause = (limit: Limit, met: Met): void => {
    const forMs = pauseFor(limit, met)
    if (limit !== limits.get(SITE) || forMs < NOTABLE_PAUSE_MS) return
    const setMs = clock.now()
    onPause?.({ setMs, untilMs: setMs + forMs, reason: met.reason })
  }
  return {
    /**
     * Resolves when a request may be sent. Throws `jira-limited` at once where that is more than `longestWaitMs` away (two
     * minutes, where nothing else was said), and `cancelled` where the signal ends the wait.
     */
    async turn(request: HttpRequest, signal: AbortSignal) {
      await recalled
      await takeTurn(parts, () => limitsOf(request), signal)
    },
    /** Learns from an answer, also from one that is an error. */
    onAnswer(request: HttpRequest, head: AnswerHead) {
      const nowMs = elapsedMs(clock)
      if (head.status === 429) {
        const reason = rateLimitReason(head)
        const limit = limitOf(limitedScope(request, reason))
        pause(limit, { nowMs, reason, waitMs: limitedForMs(head) })
        limit.backoffGapMs = Math.min(Math.max(limit.backoffGapMs * 2, FIRST_GAP_MS), LONGEST_BACKOFF_GAP_MS)
      } else {
        recover(limitsOf(request))
        const emptyMs = emptyForMs(head)
        if (emptyMs > 0) pause(limitOf(SITE), { nowMs, reason: null, waitMs: emptyMs })
      }
      for (const { budget, limit, remaining } of statedBudgets(head)) {
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

/**
 * Waits until none of the limits that meet a request keeps it back, also none that is learnt during the wait, and counts it
 * as sent.
 */
async function takeTurn(parts: LimiterParts, limits: () => Limit[], signal: AbortSignal): Promise<void> {
  const { clock, host, onWait, longestWaitMs = LONGEST_ASKED_WAIT_MS, metrics = NO_METRICS } = parts
  const beganMs = elapsedMs(clock)
  for (let waitedUntilMs = -Infinity; ;) {
    const nowMs = elapsedMs(clock)
    const mine = limits()
    const untilMs = Math.max(nowMs, ...mine.map(readyMs))
    if (untilMs <= Math.max(nowMs, waitedUntilMs)) {
      // Before anything else can run: those who waited for the same pause keep apart, too.
      for (const limit of mine) limit.lastSentMs = nowMs
      if (waitedUntilMs > -Infinity) metrics.jiraWaits.observe({}, Math.max(0, nowMs - beganMs) / 1_000)
      return
    }
    const waitMs = untilMs - nowMs
    if (waitMs > longestWaitMs) {
      const reason = mine.find((limit) => readyMs(limit) === untilMs)?.reason ?? null
      metrics.jiraHeldBack.add({})
      throw limited(host, reason, waitMs, clock.now() + waitMs)
    }
    if (waitMs >= NOTABLE_PAUSE_MS) onWait?.(host, clock.now() + waitMs)
    await sleepOrCancel(waitMs, clock, signal)
    waitedUntilMs = untilMs
  }
}

const UNLIMITED: Limit = {
  untilMs: -Infinity,
  reason: null,
  backoffGapMs: 0,
  shortGapMs: 0,
  lastSentMs: -Infinity,
}

/** When a limit lets the next request through. */
function readyMs({ untilMs, backoffGapMs, shortGapMs, lastSentMs }: Limit): number {
  return Math.max(untilMs, lastSentMs + Math.max(backoffGapMs, shortGapMs))
}

interface Met {
  readonly nowMs: number
  readonly reason: string | null
  /** What the answer asked for; null or 0: nothing. */
  readonly waitMs: number | null
}

/** For how long that is news; 0 where the limit lasts as long already. */
function pauseFor(limit: Limit, { nowMs, reason, waitMs }: Met): number {
  const forMs = Math.min(waitMs || SHORTEST_BACKOFF_MS, LONGEST_PAUSE_MS)
  if (nowMs + forMs <= limit.untilMs) return 0
  Object.assign(limit, { untilMs: nowMs + forMs, reason })
  return forMs
}

function recover(limits: readonly Limit[]): void {
  for (const limit of limits) {
    limit.shortGapMs = 0
    limit.backoffGapMs = limit.backoffGapMs < FIRST_GAP_MS / 4 ? 0 : limit.backoffGapMs * RECOVERY
  }
}

/** What a limit counts together: everything of the site, one endpoint with one method, or the writes to one issue. */
type LimitScope = string

/** The scopes whose limits meet a request. */
function scopesOf(request: HttpRequest): LimitScope[] {
  const issue = issueScope(request)
  return [SITE, endpointScope(request), ...(issue === null ? [] : [issue])]
}

/**
 * The scope that a 429 is about: burst limits one endpoint, per-issue one issue, a quota everything. An answer that
 * does not say is taken to mean everything, as Data Center does.
 */
function limitedScope(request: HttpRequest, reason: string | null): LimitScope {
  if (reason === null || isQuota(reason)) return SITE
  if (reason === 'jira-per-issue-on-write') return issueScope(request) ?? endpointScope(request)
  return endpointScope(request)
}

/** Ids and keys are left out: `POST /rest/api/3/issue/bulkfetch`, `PUT /rest/api/3/issue/*`. */
function endpointScope({ method, path }: HttpRequest): LimitScope {
  const [, base = '', rest = ''] = /^(\/rest\/api\/\d+)?(.*)$/.exec(path) ?? []
  return `${method} ${base}${rest.replaceAll(/\/[^/]*\d[^/]*/g, '/*')}`
}

function issueScope({ method, path }: HttpRequest): LimitScope | null {
  const issue = /^\/rest\/api\/\d+\/issue\/([^/]*\d[^/]*)/.exec(path)?.[1]
  return issue === undefined || method === 'GET' ? null : `issue ${issue}`
}
