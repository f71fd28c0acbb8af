import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerHead } from './answer.ts'
import { createRateLimiter, type Pause, type RateLimiter } from './rate-limiter.ts'
import { createJumpClock, createStepClock, type JumpClock } from '../../test-support/jira/jira.ts'
import type { HttpRequest } from './transport.ts'

const never = new AbortController().signal
const SEARCH: HttpRequest = { method: 'POST', path: '/rest/api/3/search/jql' }
const COUNT: HttpRequest = { method: 'POST', path: '/rest/api/3/search/approximate-count' }
const CREATE: HttpRequest = { method: 'POST', path: '/rest/api/3/issue' }
const writeTo = (id: string): HttpRequest => ({ method: 'PUT', path: `/rest/api/3/issue/${id}/properties/x` })

function start(): { limiter: RateLimiter; clock: JumpClock } {
  const clock = createJumpClock()
  return { limiter: createRateLimiter({ clock, host: 'jira.test' }), clock }
}

const refused = (headers: Record<string, string>) => answerHead(429, headers)
const fine = answerHead(200, {})

/** How long a request would have to wait now, in ms. */
async function waitOf(limiter: RateLimiter, clock: JumpClock, request: HttpRequest): Promise<number> {
  const before = clock.now()
  await limiter.turn(request, never)
  return clock.now() - before
}

describe('a 429 keeps back', () => {
  test('for bursts that endpoint with that method, and nothing else', async () => {
    const { limiter, clock } = start()
    limiter.onAnswer(SEARCH, refused({ 'retry-after': '7', 'ratelimit-reason': 'jira-burst-based' }))
    expect(await waitOf(limiter, clock, COUNT)).toBe(0)
    expect(await waitOf(limiter, clock, { ...SEARCH, method: 'GET' })).toBe(0)
    expect(await waitOf(limiter, clock, SEARCH)).toBe(7_000)
  })

  test('for writes to an issue that issue, and no other', async () => {
    const { limiter, clock } = start()
    limiter.onAnswer(
      writeTo('10001'),
      refused({ 'retry-after': '2', 'ratelimit-reason': 'jira-per-issue-on-write' }),
    )
    expect(await waitOf(limiter, clock, writeTo('10002'))).toBe(0)
    expect(await waitOf(limiter, clock, CREATE)).toBe(0)
    expect(await waitOf(limiter, clock, { method: 'GET', path: '/rest/api/3/issue/10001' })).toBe(0)
    expect(await waitOf(limiter, clock, writeTo('10001'))).toBe(2_000)
  })

  test.each(['jira-quota-global-based', 'jira-quota-tenant-based', undefined])(
    'for %s everything of the site',
    async (reason) => {
      const { limiter, clock } = start()
      const headers = { 'retry-after': '60', ...(reason === undefined ? {} : { 'ratelimit-reason': reason }) }
      limiter.onAnswer(SEARCH, refused(headers))
      expect(await waitOf(limiter, clock, CREATE)).toBe(60_000)
    },
  )

  test('until a quota is reset, by the site’s own clock', async () => {
    const { limiter, clock } = start()
    limiter.onAnswer(
      SEARCH,
      refused({
        date: 'Sun, 27 Sep 2026 08:58:40 GMT',
        'x-ratelimit-reset': '2026-09-27T09:00:00Z',
        'ratelimit-reason': 'jira-quota-tenant-based',
      }),
    )
    expect(await waitOf(limiter, clock, CREATE)).toBe(80_000)
  })
})

test('a request that would wait for more than two minutes fails at once, and is not sent', async () => {
  const { limiter, clock } = start()
  limiter.onAnswer(SEARCH, refused({ 'retry-after': '1847', 'ratelimit-reason': 'jira-quota-tenant-based' }))
  await expect(limiter.turn(CREATE, never)).rejects.toMatchObject({
    code: 'jira-limited',
    retryAfterMs: 1_847_000,
  })
  expect(clock.waits).toEqual([])
})

test('no answer shuts us up for more than an hour', async () => {
  const { limiter } = start()
  limiter.onAnswer(SEARCH, refused({ 'retry-after': '999999999' }))
  await expect(limiter.turn(CREATE, never)).rejects.toMatchObject({ retryAfterMs: 3_600_000 })
})

test('a clock that is set back neither ends a pause nor prolongs it', async () => {
  const clock = createJumpClock()
  let offsetMs = 0
  const movable = { ...clock, now: () => clock.now() + offsetMs, elapsedMs: () => clock.now() }
  const limiter = createRateLimiter({ clock: movable, host: 'jira.test' })
  limiter.onAnswer(SEARCH, refused({ 'retry-after': '100' }))
  await clock.sleep(60_000, never)
  offsetMs = -50_000
  await limiter.turn(CREATE, never)
  expect(clock.waits).toEqual([60_000, 40_000])
})

describe('a pause outlives the process', () => {
  const QUOTA = refused({ 'retry-after': '1847', 'ratelimit-reason': 'jira-quota-tenant-based' })

  /** What one process learns, and the next is told, `laterMs` by the machine's clock. */
  async function nextAfter(laterMs: number, heard = QUOTA): Promise<{ next: RateLimiter; pauses: Pause[] }> {
    const first = createJumpClock()
    const pauses: Pause[] = []
    const onPause = (pause: Pause): void => void pauses.push(pause)
    createRateLimiter({ clock: first, host: 'jira.test', onPause }).onAnswer(SEARCH, heard)
    const clock = createJumpClock(first.now() + laterMs)
    const paused = Promise.resolve(pauses[0] ?? null)
    return { next: createRateLimiter({ clock, host: 'jira.test', paused }), pauses }
  }

  test('the next one sends nothing, and says until when', async () => {
    const { next } = await nextAfter(47_000)
    await expect(next.turn(CREATE, never)).rejects.toMatchObject({
      code: 'jira-limited',
      retryAfterMs: 1_800_000,
      message: expect.stringContaining('for 1800 s, until 2027-01-15T08:30:47Z (jira-quota-tenant-based)'),
    })
  })

  test('but one that comes after it does', async () => {
    const { next } = await nextAfter(1_847_000)
    await expect(next.turn(CREATE, never)).resolves.toBeUndefined()
  })

  test('a clock that was set back before it began leaves nothing known of it: Jira is asked', async () => {
    const { next } = await nextAfter(-1_000)
    await expect(next.turn(CREATE, never)).resolves.toBeUndefined()
  })

  test('a clock that was set back by less does not make it last longer than was asked for', async () => {
    const { next } = await nextAfter(0)
    await expect(next.turn(CREATE, never)).rejects.toMatchObject({ retryAfterMs: 1_847_000 })
  })

  test('where it is of the whole site and notable', async () => {
    const burst = refused({ 'retry-after': '60', 'ratelimit-reason': 'jira-burst-based' })
    expect((await nextAfter(0, burst)).pauses).toEqual([])
    expect((await nextAfter(0, refused({ 'retry-after': '2' }))).pauses).toEqual([])
  })
})

test('an abort ends the wait', async () => {
  const { limiter, clock } = start()
  limiter.onAnswer(SEARCH, refused({ 'retry-after': '7' }))
  const stop = new AbortController()
  stop.abort()
  await expect(limiter.turn(SEARCH, stop.signal)).rejects.toMatchObject({
    code: 'cancelled',
    failure: 'unsent',
  })
  expect(clock.waits).toEqual([])
})

describe('requests keep apart', () => {
  test('after a burst, less and less, until all is as before', async () => {
    const { limiter, clock } = start()
    limiter.onAnswer(SEARCH, refused({ 'retry-after': '1', 'ratelimit-reason': 'jira-burst-based' }))
    await limiter.turn(SEARCH, never)
    const gaps: number[] = []
    for (let i = 0; i < 20; i++) {
      limiter.onAnswer(SEARCH, fine)
      gaps.push(await waitOf(limiter, clock, SEARCH))
    }
    expect(gaps[0]).toBe(40)
    expect(gaps).toEqual(gaps.toSorted((a, b) => b - a))
    expect(gaps.at(-1)).toBe(0)
  })

  test('while the limit is near, before any 429', async () => {
    const { limiter, clock } = start()
    limiter.onAnswer(SEARCH, answerHead(200, { 'x-ratelimit-nearlimit': 'true' }))
    await limiter.turn(CREATE, never)
    expect(await waitOf(limiter, clock, COUNT)).toBe(1_000)
    limiter.onAnswer(COUNT, fine)
    expect(await waitOf(limiter, clock, COUNT)).toBe(0)
  })

  test('where many wait for the same pause: they go one after the other', async () => {
    const clock = createStepClock()
    const limiter = createRateLimiter({ clock, host: 'jira.test' })
    limiter.onAnswer(SEARCH, refused({ 'retry-after': '5', 'ratelimit-reason': 'jira-burst-based' }))
    const began = clock.now()
    const sent = Array.from({ length: 4 }, () => limiter.turn(SEARCH, never).then(() => clock.now() - began))
    await clock.run()
    expect(await Promise.all(sent)).toEqual([5_000, 5_050, 5_100, 5_150])
  })

  test('and a pause that is learnt while one waits is waited for, too', async () => {
    const clock = createStepClock()
    const limiter = createRateLimiter({ clock, host: 'jira.test' })
    limiter.onAnswer(SEARCH, refused({ 'retry-after': '5', 'ratelimit-reason': 'jira-burst-based' }))
    const began = clock.now()
    const sent = limiter.turn(SEARCH, never).then(() => clock.now() - began)
    limiter.onAnswer(CREATE, refused({ 'retry-after': '9', 'ratelimit-reason': 'jira-quota-tenant-based' }))
    await clock.run()
    expect(await sent).toBe(9_000)
  })
})

test('a Data Center server without a token for us is left alone until it has one', async () => {
  const { limiter, clock } = start()
  limiter.onAnswer(SEARCH, answerHead(200, { 'x-ratelimit-remaining': '0', 'retry-after': '6' }))
  expect(await waitOf(limiter, clock, CREATE)).toBe(6_000)
})

test('whatever was said, in whatever order, every request has its turn or an error within bounded waits', async () => {
  const answers = fc.record({
    status: fc.constantFrom(200, 429, 503),
    retryAfter: fc.constantFrom(undefined, '0', '1', '30', '600'),
    reason: fc.constantFrom(
      undefined,
      'jira-burst-based',
      'jira-per-issue-on-write',
      'jira-quota-tenant-based',
    ),
    near: fc.boolean(),
    request: fc.constantFrom(SEARCH, COUNT, CREATE, writeTo('10001'), writeTo('10002')),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(answers, { maxLength: 30 }), async (history) => {
      const { limiter, clock } = start()
      for (const { status, retryAfter, reason, near, request } of history) {
        const before = clock.now()
        const outcome = await limiter.turn(request, never).catch((error: unknown) => error)
        expect([undefined, 'jira-limited']).toContain((outcome as { code?: string } | undefined)?.code)
        expect(clock.now() - before).toBeLessThanOrEqual(2 * 120_000)
        limiter.onAnswer(
          request,
          answerHead(status, {
            ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
            ...(reason === undefined ? {} : { 'ratelimit-reason': reason }),
            ...(near ? { 'x-ratelimit-nearlimit': 'true' } : {}),
          }),
        )
      }
    }),
  )
})
