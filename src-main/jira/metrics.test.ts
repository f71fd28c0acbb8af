import { describe, expect, test } from 'vitest'
import { createPrometheus } from '../metrics/prometheus.ts'
import { readExposition, valueOf } from '../../test-support/metrics/exposition.ts'
import { answerHead } from './answer.ts'
import { statedBudgets } from './network/limit-headers.ts'
import { createLink } from './link.ts'
import { createRateLimiter } from './rate-limiter.ts'
import { READ_REPEATS } from './retry.ts'
import { answerJson, createJumpClock, startRawServer } from '../../test-support/jira/jira.ts'
import { ADA, GET, testNetwork } from '../../test-support/jira/transport.ts'

const never = new AbortController().signal
const POLICY = '"global-app-quota";q=65000;w=3600,"jira-quota-tenant";q=100;w=1,"jira-burst-based";q=50;w=1'

function measured() {
  const prometheus = createPrometheus({ version: '1' })
  const of = async (name: string, labels: Record<string, string> = {}): Promise<number> =>
    valueOf(readExposition(await prometheus.text()), name, labels)
  return { metrics: prometheus.metrics, of }
}

describe('budgets, as an answer tells them', () => {
  test.each([
    ['nothing said', {}, []],
    ['a bucket', { 'x-ratelimit-limit': '50', 'x-ratelimit-remaining': '3' }, [['bucket', 50, 3]]],
    ['half of a bucket', { 'x-ratelimit-limit': '50' }, []],
    [
      'of two quotas the one of which less is left, and the burst',
      {
        'ratelimit-policy': POLICY,
        ratelimit: '"global-app-quota";r=64000;t=9,"jira-quota-tenant";r=4;t=9,"jira-burst-based";r=50;t=1',
      },
      [
        ['quota', 100, 4],
        ['burst', 50, 50],
      ],
    ],
    [
      'one that is only announced',
      { 'beta-ratelimit-policy': POLICY, 'beta-ratelimit': '"jira-burst-based";r=7;t=1' },
      [['announced-burst', 50, 7]],
    ],
    ['one that is not known', { 'ratelimit-policy': '"other";q=1', ratelimit: '"other";r=0;t=1' }, []],
  ])('%s', (_what, headers, expected) => {
    const told = statedBudgets(answerHead(200, headers))
    expect(told.map(({ budget, limit, remaining }) => [budget, limit, remaining])).toEqual(expected)
  })
})

test('the limiter tells budgets, waits that lasted, and what it does not send', async () => {
  const { metrics, of } = measured()
  const clock = createJumpClock()
  const limiter = createRateLimiter({ clock, host: 'jira.test', metrics })
  await limiter.turn(GET, never)
  expect(await of('jira_tpm_jira_limit_wait_seconds_count')).toBe(0)
  limiter.onAnswer(GET, answerHead(429, { 'retry-after': '7' }))
  await limiter.turn(GET, never)
  expect(await of('jira_tpm_jira_limit_wait_seconds_count')).toBe(1)
  expect(await of('jira_tpm_jira_limit_wait_seconds_sum')).toBe(7)
  limiter.onAnswer(GET, answerHead(429, { 'retry-after': '900' }))
  await expect(limiter.turn(GET, never)).rejects.toMatchObject({ code: 'jira-limited' })
  expect(await of('jira_tpm_jira_requests_held_back_total')).toBe(1)
  limiter.onAnswer(GET, answerHead(200, { 'x-ratelimit-limit': '50', 'x-ratelimit-remaining': '3' }))
  expect(await of('jira_tpm_jira_limit_requests', { budget: 'bucket' })).toBe(50)
  expect(await of('jira_tpm_jira_limit_remaining_requests', { budget: 'bucket' })).toBe(3)
})

test('a link tells each request by what it asks and how it was answered, also that nothing answered', async () => {
  const statuses = [200, 404, 503, 429]
  const server = await startRawServer((response, _request, n) =>
    answerJson(response, {}, { status: statuses[n] ?? 200, headers: { 'x-aaccountid': 'a' } }),
  )
  const { metrics, of } = measured()
  const parts = { credentials: ADA, clock: createJumpClock(), network: testNetwork(), metrics }
  const send = async (url: string): Promise<void> => {
    const link = createLink({ ...parts, url })
    await link.send(GET, { repeats: new Set(), signal: never }).catch(() => {})
  }
  for (let n = 0; n < 4; n++) await send(server.url)
  await send('http://127.0.0.1:9')
  const told = await Promise.all(
    ['2xx', '4xx', '5xx', '429', 'none'].map((status) =>
      of('jira_tpm_jira_request_duration_seconds_count', { endpoint: 'myself', status }),
    ),
  )
  expect(told).toEqual([1, 1, 1, 1, 1])
})

test('a request that was given up before it left is none', async () => {
  const { metrics, of } = measured()
  const clock = createJumpClock()
  const link = createLink({
    credentials: ADA,
    clock,
    network: testNetwork(),
    metrics,
    url: 'http://127.0.0.1:9',
  })
  const options = { repeats: READ_REPEATS, signal: AbortSignal.abort() }
  await expect(link.send(GET, options)).rejects.toMatchObject({ code: 'cancelled' })
  expect(await of('jira_tpm_jira_request_duration_seconds_count')).toBe(0)
})
