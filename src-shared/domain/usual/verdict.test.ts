import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeBaseline, type History } from './baseline.ts'
import { chanceOf, daysBetween } from './often.ts'
import { verdictOf } from './verdict.ts'
import { plainUpperTail, plainUsual } from '../../../test-support/domain/plain-usual.ts'

/** A Monday, 00:00 UTC. */
const START = 26_798_400
const NOW = START + 4 * 10_080

/** About a ticket in five minutes, in clumps, for four weeks. */
const HISTORY: History = {
  startMinute: START,
  stepMinutes: 5,
  counts: Array.from({ length: 4 * 2_016 }, (_, at) => [0, 3, 0, 1, 0, 0, 2][(at * at) % 7] ?? 0),
}
const BASELINE = makeBaseline(HISTORY, 'Europe/Berlin', NOW)
const QUIET = Array.from({ length: 90 }, (_, at) => (at % 5 === 0 ? 1 : 0))

function verdict(newest: readonly (number | null)[], baseline = BASELINE) {
  return verdictOf(baseline, { endMinute: NOW, counts: [...QUIET, ...newest].slice(-90) })
}

describe('the verdict', () => {
  test('tells the window that chance explains least', () => {
    expect(verdict([5, 5, 5, 5])).toMatchObject({ state: 'high', minutes: 5, onsetMinute: NOW - 4 })
    const slow = verdict(Array.from({ length: 60 }, (_, at) => (at % 2 === 0 ? 1 : 0)))
    expect(slow).toMatchObject({ minutes: 60, tickets: 30 })
  })

  test('tells of what is usual the last five minutes', () => {
    const usual = verdict([])
    expect(usual).toMatchObject({ state: 'usual', minutes: 5, tickets: 1, onsetMinute: null })
    expect(usual.seldomOver).toBeGreaterThan(usual.mean ?? Infinity)
  })

  test('is high at once, in the first minute of a storm, and while the next one is not fetched yet', () => {
    expect(verdict([20])).toMatchObject({ state: 'high', tickets: 20 })
    const counts = [...QUIET, 20, null].slice(-90)
    expect(verdictOf(BASELINE, { endMinute: NOW + 1, counts }).state).toBe('high')
  })

  test('is not high any more when it is over', () => {
    const over = verdict([40, ...Array.from<number>({ length: 20 }).fill(0)])
    expect(over).toMatchObject({ state: 'unusual', minutes: 60 })
  })

  test('is unknown where the newest two minutes are, and says while it is learning', () => {
    expect(verdict([null, null])).toMatchObject({ state: 'unknown', mean: null })
    expect(verdict([1, null]).state).toBe('usual')
    const young = makeBaseline({ ...HISTORY, counts: HISTORY.counts.slice(0, 288) }, 'UTC', START + 1_440)
    expect(verdict([9, 9], young)).toMatchObject({ state: 'learning', tickets: 18, smallestStorm: null })
  })

  test('says how often chance does it: about once a month where an alarm is', () => {
    expect(daysBetween(chanceOf('week'))).toBeCloseTo(7, 9)
    expect(daysBetween(chanceOf('month'))).toBeCloseTo(35, 9)
    expect(daysBetween(chanceOf('quarter'))).toBeCloseTo(87.5, 9)
    expect(verdict([5, 5, 5, 5]).onceInDays).toBeGreaterThan(35)
  })

  test('says which storm would be seen: the busier it is, the smaller', () => {
    const busy = makeBaseline(
      { ...HISTORY, counts: HISTORY.counts.map((count) => 20 * (count ?? 0)) },
      'UTC',
      NOW,
    )
    const [few, many] = [verdict([]), verdict([], busy)].map(({ smallestStorm }) => smallestStorm ?? 0)
    expect(many).toBeGreaterThan(1)
    expect(few).toBeGreaterThan(many ?? Infinity)
  })

  test('has the tail that plain sums have, of the least probable window that ends now or a minute ago', () => {
    const usualOf = plainUsual(HISTORY, 'Europe/Berlin', NOW)
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 70 }), (newest) => {
        const counts = [...QUIET, ...newest].slice(-90)
        const found = verdictOf(BASELINE, { endMinute: NOW, counts })
        const chances = [5, 15, 60].flatMap((length) =>
          [0, 1].map((back) => {
            const window = counts.slice(90 - back - length, 90 - back)
            const tickets = window.reduce((sum, count) => sum + count, 0)
            return plainUpperTail(tickets, usualOf(NOW - back - length, length))
          }),
        )
        const least = Math.min(...chances)
        expect(found.state === 'usual').toBe(least >= 1e-3)
        const told = found.state === 'usual' || least < 1e-9 ? least : found.chance
        expect((told ?? 0) / least).toBeCloseTo(1, 4)
      }),
      { numRuns: 60 },
    )
  })
})
