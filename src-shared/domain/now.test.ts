import { describe, expect, test } from 'vitest'
import { besideNumber, freshness, isUnusual, presentOf, usualText } from './now.ts'
import type { TimeSpan } from './known-spans.ts'
import { bucketTotals } from './series.ts'
import { usualOverview } from '../../test-support/domain/overview.ts'

const NOW = Date.parse('2026-11-24T14:30:20Z')
const MINUTE = NOW / 60_000 - 20 / 60

const overview = usualOverview(NOW, 1, 2)

const HEALTHY = {
  state: 'healthy',
  received: 1,
  repeats: 0,
  untold: 0,
  unread: 0,
  latenessMs: null,
} as const

describe('how fresh it is', () => {
  const idle = { state: 'idle', lastSuccessMs: NOW, nextMs: null } as const
  test.each([
    [30_000, idle, 'live'],
    [30_001, idle, 'late'],
    [120_001, idle, 'stale'],
    // Fetched every two minutes on purpose.
    [200_000, { ...idle, nextMs: NOW + 120_000 }, 'live'],
    // Webhooks tell what there is in between.
    [75_000, { ...idle, state: 'fetching', hooks: HEALTHY }, 'live'],
    [90_001, { ...idle, state: 'fetching', hooks: HEALTHY }, 'late'],
    [75_000, { ...idle, state: 'fetching', hooks: { ...HEALTHY, state: 'missing' } }, 'late'],
    [0, { ...idle, state: 'stopped' }, 'stale'],
    [0, { ...idle, lastSuccessMs: null }, 'unknown'],
    [0, { ...idle, state: 'failing', lastSuccessMs: null }, 'late'],
    [0, { ...idle, state: 'stopped', lastSuccessMs: null }, 'stale'],
  ] as const)('%i ms after the last fetch, %j: %s', (ageMs, fetching, expected) => {
    expect(freshness(fetching, NOW + ageMs)).toBe(expected)
  })
})

describe('the present', () => {
  test('is the minute under way and the four before it', () => {
    expect(presentOf(overview, NOW)).toEqual({
      freshness: 'live',
      tickets: 6,
      isLeast: false,
      verdict: overview.verdict,
      nowMinute: MINUTE,
      gaps: [],
    })
    // A minute later no more is read yet.
    expect(presentOf(overview, NOW + 60_000)).toMatchObject({ freshness: 'late', tickets: 5 })
  })

  test('is no old number', () => {
    expect(presentOf(overview, NOW + 121_000)).toMatchObject({
      freshness: 'stale',
      tickets: null,
      verdict: null,
    })
    const slow = { ...overview, fetching: { ...overview.fetching, nextMs: NOW + 3_600_000 } }
    expect(presentOf(slow, NOW + 6 * 60_000)).toMatchObject({ freshness: 'live', tickets: null })
  })

  test('is the least that it can be where some of it was not fetched', () => {
    const known = [{ fromMs: 0, toMs: NOW - 200_000 }]
    const partly = { ...overview, counts: { ...overview.counts, known } }
    expect(presentOf(partly, NOW)).toMatchObject({
      tickets: 6,
      isLeast: true,
      gaps: [{ fromMs: NOW - 200_000, toMs: NOW }],
    })
  })
})

test.each([
  ['usual', 5, 'usual 0–8', false],
  ['high', 5, 'usual 0–8', true],
  ['unusual', 15, '6 in 15 min, usual 0–8', true],
  ['learning', 5, 'learning what is usual', false],
  ['unknown', 5, '', false],
] as const)('a verdict of %s over %i minutes: %j', (state, minutes, text, unusual) => {
  const verdict = { ...overview.verdict, state, minutes }
  expect(usualText(verdict)).toBe(text)
  expect(isUnusual({ verdict })).toBe(unusual)
})

describe('beside the big number', () => {
  const { counts } = overview
  const minutes = counts.toMinute - counts.fromMinute
  const beside = (verdict: Partial<typeof overview.verdict>, gaps: readonly TimeSpan[] = []) =>
    besideNumber(overview, {
      ...presentOf(overview, NOW),
      verdict: { ...overview.verdict, ...verdict },
      gaps,
    })
  const hour = `${bucketTotals(counts).reduce((sum, count) => sum + count, 0)} in ${minutes} min`

  test('the hour has one number, whatever a verdict of a minute ago has counted', () => {
    expect(beside({ state: 'high', minutes, tickets: 4_711 })).toEqual({
      hour: `${hour}, usual 0–8`,
      usual: '',
      unusual: 'hour',
    })
    expect(beside({ state: 'usual', minutes }, [{ fromMs: 0, toMs: 1 }])).toEqual({
      hour: `at least ${hour}, usual 0–8`,
      usual: '',
      unusual: null,
    })
  })

  test('a verdict on other minutes says of which, and where there is none, nothing', () => {
    expect(beside({ state: 'unusual', minutes: 15 })).toEqual({
      hour,
      usual: '6 in 15 min, usual 0–8',
      unusual: 'usual',
    })
    expect(beside({ state: 'usual', minutes: 5 })).toEqual({ hour, usual: 'usual 0–8', unusual: null })
    expect(beside({ state: 'learning', minutes })).toEqual({
      hour,
      usual: 'learning what is usual',
      unusual: null,
    })
    expect(beside({ state: 'unknown', minutes })).toEqual({ hour, usual: '', unusual: null })
  })
})
