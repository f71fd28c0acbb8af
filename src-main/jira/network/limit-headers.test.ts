import { describe, expect, test } from 'vitest'
import { answerHead } from '../answer.ts'
import { emptyForMs, limitedForMs, rateLimitReason, shortages } from './limit-headers.ts'

const head = (headers: Record<string, string>, status = 200) => answerHead(status, headers)

const POLICY = '"global-app-quota";q=65000;w=3600,"jira-burst-based";q=100;w=1'

describe('what is short, by the headers of an answer', () => {
  test.each([
    ['nothing said', {}, []],
    ['near the limit', { 'x-ratelimit-nearlimit': 'true' }, [{ of: 'site', gapMs: 1_000 }]],
    ['not near it', { 'x-ratelimit-nearlimit': 'false' }, []],
    [
      'a quota with 500 points for half an hour',
      { 'ratelimit-policy': POLICY, ratelimit: '"global-app-quota";r=500;t=1800' },
      [{ of: 'site', gapMs: 3_600 }],
    ],
    [
      'the same, only announced',
      { 'beta-ratelimit-policy': POLICY, 'beta-ratelimit': '"global-app-quota";r=500;t=1800' },
      [{ of: 'site', gapMs: 2_000 }],
    ],
    [
      'an empty quota',
      { 'ratelimit-policy': POLICY, ratelimit: '"global-app-quota";r=0;t=1800' },
      [{ of: 'site', gapMs: 10_000 }],
    ],
    [
      'a burst bucket with 4 of 100',
      {
        'ratelimit-policy': POLICY,
        ratelimit: '"jira-burst-based";r=4;t=1, "global-app-quota";r=60000;t=1800',
      },
      [{ of: 'endpoint', gapMs: 250 }],
    ],
    ['a fifth left', { 'ratelimit-policy': POLICY, ratelimit: '"jira-burst-based";r=20;t=1' }, []],
    [
      'less than a fifth left',
      { 'ratelimit-policy': POLICY, ratelimit: '"jira-burst-based";r=19;t=19' },
      [{ of: 'endpoint', gapMs: 1_000 }],
    ],
    [
      'a policy of nothing, which says nothing',
      { 'ratelimit-policy': '"jira-burst-based";q=0;w=1', ratelimit: '"jira-burst-based";r=0;t=9' },
      [],
    ],
    ['plenty left', { 'ratelimit-policy': POLICY, ratelimit: '"jira-burst-based";r=80;t=1' }, []],
    ['a policy that is not known', { 'ratelimit-policy': '"other";q=10', ratelimit: '"other";r=0;t=9' }, []],
    ['a budget without its policy', { ratelimit: '"global-app-quota";r=0;t=9' }, []],
    ['nonsense', { 'ratelimit-policy': '";;,,=', ratelimit: 'x;r=-1;t=zz,"global-app-quota"' }, []],
    [
      'a Data Center bucket with 3 of 50, 10 a minute',
      {
        'x-ratelimit-limit': '50',
        'x-ratelimit-remaining': '3',
        'x-ratelimit-interval-seconds': '60',
        'x-ratelimit-fillrate': '10',
      },
      [{ of: 'site', gapMs: 6_000 }],
    ],
    [
      'a Data Center bucket with 30 of 50',
      {
        'x-ratelimit-limit': '50',
        'x-ratelimit-remaining': '30',
        'x-ratelimit-interval-seconds': '60',
        'x-ratelimit-fillrate': '10',
      },
      [],
    ],
  ])('%s', (_what, headers, expected) => {
    expect(shortages(head(headers))).toEqual(expected)
  })
})

test('an empty Data Center bucket says when it has a token again', () => {
  expect(emptyForMs(head({ 'x-ratelimit-remaining': '0', 'retry-after': '6' }))).toBe(6_000)
  expect(emptyForMs(head({ 'x-ratelimit-remaining': '4', 'retry-after': '0' }))).toBe(0)
  expect(emptyForMs(head({}))).toBe(0)
})

describe('after a 429', () => {
  const date = 'Sun, 27 Sep 2026 08:00:00 GMT'
  const quota = 'jira-quota-tenant-based'

  test.each([
    [{ 'retry-after': '3' }, 3_000],
    [{ 'retry-after': 'Sun, 27 Sep 2026 08:00:30 GMT', date }, 30_000],
    [{ 'retry-after': 'Sun, 27 Sep 2026 07:00:00 GMT', date }, 0],
    [{ 'retry-after': 'soon' }, null],
    [{}, null],
    [{ 'ratelimit-reason': quota, 'x-ratelimit-reset': '2026-09-27T08:30:00Z', date }, 1_800_000],
    [
      { 'ratelimit-reason': quota, 'x-ratelimit-reset': '2026-09-27T08:30:00Z', date, 'retry-after': '9' },
      1_800_000,
    ],
    [
      {
        'ratelimit-reason': 'jira-burst-based',
        'x-ratelimit-reset': '2026-09-27T08:30:00Z',
        date,
        'retry-after': '1',
      },
      1_000,
    ],
  ])('with %j the wait is %j ms', (headers, waitMs) => {
    expect(limitedForMs(head(headers, 429))).toBe(waitMs)
  })

  test.each([
    ['jira-burst-based', 'jira-burst-based'],
    ['ATATT3xFfGF0-some-token', null],
    ['<script>', null],
  ])('the reason %j is read as %j', (said, reason) => {
    expect(rateLimitReason(head({ 'ratelimit-reason': said }, 429))).toBe(reason)
  })
})
