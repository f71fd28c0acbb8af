import fc from 'fast-check'
import { expect, test } from 'vitest'
import { steadyClock } from './site-clock.ts'
import { gapsText, knownAt, knownExcept, sharedMs, unknownWithin, type TimeSpan } from './known-spans.ts'

const HOUR = { fromMs: 1_000, toMs: 2_000 }

test('all time before an instant is known, less what is open', () => {
  expect(knownExcept(0, [])).toEqual([])
  expect(knownExcept(900, [])).toEqual([{ fromMs: 0, toMs: 900 }])
  const open = [
    { fromMs: 0, toMs: 100 },
    { fromMs: 300, toMs: 400 },
    { fromMs: 400, toMs: 500 },
    { fromMs: 800, toMs: 8_640_000_000_000_000 },
  ]
  expect(knownExcept(900, open)).toEqual([
    { fromMs: 100, toMs: 300 },
    { fromMs: 500, toMs: 800 },
  ])
})

test('of a span, what nobody fetched is named', () => {
  expect(unknownWithin([], HOUR)).toEqual([HOUR])
  expect(unknownWithin([{ fromMs: 0, toMs: 2_000 }], HOUR)).toEqual([])
  const known = [
    { fromMs: 0, toMs: 1_100 },
    { fromMs: 1_300, toMs: 1_500 },
    { fromMs: 2_000, toMs: 3_000 },
  ]
  const gaps = [
    { fromMs: 1_100, toMs: 1_300 },
    { fromMs: 1_500, toMs: 2_000 },
  ]
  expect(unknownWithin(known, HOUR)).toEqual(gaps)
  expect(sharedMs(known, HOUR)).toBe(300)
})

test('a span that ends before it begins has nothing, known or not', () => {
  const turned = { fromMs: 2_000, toMs: 1_000 }
  expect(unknownWithin([], turned)).toEqual([])
  expect(sharedMs([], turned)).toBe(0)
})

test('known and unknown share out every instant of a span', () => {
  const spans = fc
    .uniqueArray(fc.integer({ min: 0, max: 200 }), { maxLength: 12 })
    .map((ends) => pairs(ends.toSorted((a, b) => a - b)))
  const span = fc
    .tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 0, max: 200 }))
    .map(([a, b]) => ({ fromMs: Math.min(a, b), toMs: Math.max(a, b) }))
  fc.assert(
    fc.property(spans, span, (known, asked) => {
      const gaps = unknownWithin(known, asked)
      let knownMs = 0
      for (let ms = asked.fromMs; ms < asked.toMs; ms += 1) {
        expect(isIn(gaps, ms)).toBe(!isIn(known, ms))
        if (isIn(known, ms)) knownMs += 1
      }
      expect(sharedMs(known, asked)).toBe(knownMs)
    }),
  )
})

test('two minutes after the last fetch its silence becomes a gap', () => {
  const known = [{ fromMs: 0, toMs: 500_000 }]
  const steady = steadyClock(0)
  expect(knownAt(known, steady, 620_000)).toEqual([{ fromMs: 0, toMs: 620_000 }])
  expect(knownAt(known, steady, 620_001)).toEqual(known)
  // Its clock was set back: what was fetched stays.
  expect(knownAt(known, steady, 400_000)).toEqual(known)
  expect(knownAt([], steady, 400_000)).toEqual([])
})

test('by the machine’s clock, however fast the site’s runs', () => {
  const fast = { machineMs: 0, siteMs: 500_000, rate: 60, untilSiteMs: 4_100_000 }
  // A minute of it before that, and half a minute since: half an hour of the site.
  const known = [{ fromMs: 0, toMs: 440_000 }]
  expect(knownAt(known, fast, 30_000)).toEqual([{ fromMs: 0, toMs: 2_300_000 }])
  expect(knownAt(known, fast, 60_001)).toEqual(known)
  // It runs as usual again after a real minute.
  const later = [{ fromMs: 0, toMs: 4_100_000 }]
  expect(knownAt(later, fast, 180_000)).toEqual([{ fromMs: 0, toMs: 4_220_000 }])
  expect(knownAt(later, fast, 180_001)).toEqual(later)
})

function pairs(ends: readonly number[]): TimeSpan[] {
  return ends.flatMap((fromMs, i) => {
    const toMs = ends[i + 1]
    return i % 2 === 0 && toMs !== undefined ? [{ fromMs, toMs }] : []
  })
}

function isIn(spans: readonly TimeSpan[], ms: number): boolean {
  return spans.some(({ fromMs, toMs }) => fromMs <= ms && ms < toMs)
}

test.each([
  [[], ''],
  [[HOUR], 'not fetched'],
  [[{ fromMs: 1_500, toMs: 2_000 }], 'not fetched since 1500'],
  [[{ fromMs: 1_000, toMs: 1_500 }], 'not fetched before 1500'],
  [[{ fromMs: 1_200, toMs: 1_500 }], 'not fetched from 1200 to 1500'],
  [
    [
      { fromMs: 1_000, toMs: 1_100 },
      { fromMs: 1_900, toMs: 2_000 },
    ],
    'not fetched in 2 gaps, 1 min together',
  ],
])('the gaps %j in words', (gaps, text) => {
  expect(gapsText(gaps, HOUR, String)).toBe(text)
})

test('what retention deleted is unknown whatever was fetched, and says so', () => {
  expect(knownExcept(900, [{ fromMs: 0, toMs: 100 }], 300)).toEqual([{ fromMs: 300, toMs: 900 }])
  expect(unknownWithin([{ fromMs: 0, toMs: 3_000 }], HOUR, 900)).toEqual([])
  const deleted = unknownWithin([{ fromMs: 0, toMs: 1_800 }], HOUR, 1_400)
  expect(deleted).toEqual([
    { fromMs: 1_000, toMs: 1_400, isDeleted: true },
    { fromMs: 1_800, toMs: 2_000 },
  ])
  expect(gapsText(deleted, HOUR, String)).toBe('deleted by retention before 1400, not fetched since 1800')
  expect(gapsText(deleted.slice(0, 1), HOUR, String)).toBe('deleted by retention before 1400')
  const all = unknownWithin([], HOUR, 5_000)
  expect(all).toEqual([{ ...HOUR, isDeleted: true }])
  expect(gapsText(all, HOUR, String)).toBe('deleted by retention')
})
