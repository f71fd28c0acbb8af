import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isDay, tokenExpiry, tokenExpirySentence, WARN_DAYS } from './token-expiry.ts'

const DAY_MS = 86_400_000
const LAST = '2027-01-31'
const at = (text: string): number => Date.parse(text)

describe("a token's last day", () => {
  test.each([
    { now: '2027-01-16T23:59:59Z', state: 'fine', daysLeft: 15 },
    { now: '2027-01-17T00:00:00Z', state: 'soon', daysLeft: 14 },
    { now: '2027-01-30T12:00:00Z', state: 'soon', daysLeft: 1 },
    { now: '2027-01-31T23:59:59.999Z', state: 'soon', daysLeft: 0 },
    { now: '2027-02-01T00:00:00Z', state: 'expired', daysLeft: -1 },
  ])('$now: $state', ({ now, state, daysLeft }) => {
    expect(tokenExpiry(LAST, at(now))).toEqual({ state, daysLeft })
  })

  test.each([null, '', 'soon', '2027-02-30', '2027-1-31'])('%j is not known', (day) => {
    expect(tokenExpiry(day, at('2027-01-01T00:00:00Z'))).toEqual({ state: 'unknown', daysLeft: null })
  })

  test('is warned of from two weeks ahead, whatever the hour', () => {
    const day = fc.integer({ min: 0, max: 40_000 })
    const left = fc.integer({ min: -400, max: 400 })
    const hour = fc.integer({ min: 0, max: DAY_MS - 1 })
    fc.assert(
      fc.property(day, left, hour, (last, daysLeft, msOfDay) => {
        const text = new Date(last * DAY_MS).toISOString().slice(0, 10)
        const found = tokenExpiry(text, (last - daysLeft) * DAY_MS + msOfDay)
        expect(found.daysLeft).toBe(daysLeft)
        expect(found.state === 'soon').toBe(daysLeft >= 0 && daysLeft <= WARN_DAYS)
      }),
    )
  })
})

test.each([
  ['2027-01-01T00:00:00Z', null],
  ['2027-01-20T09:00:00Z', 'The token works for 11 more days, until 2027-01-31.'],
  ['2027-01-30T09:00:00Z', 'The token works for one more day, until 2027-01-31.'],
  ['2027-01-31T09:00:00Z', "Today, 2027-01-31, is the token's last day."],
  ['2027-02-02T09:00:00Z', "The token's last day was 2027-01-31."],
])('at %s: %s', (now, sentence) => {
  expect(tokenExpirySentence(LAST, at(now))).toBe(sentence)
})

test('nothing is said of a day that is not known', () => {
  expect(tokenExpirySentence(null, 0)).toBeNull()
})

test.each([
  ['2028-02-29', true],
  ['2027-02-29', false],
  ['2027-00-10', false],
  ['27-01-31', false],
])('%s is a day: %s', (text, is) => {
  expect(isDay(text)).toBe(is)
})
