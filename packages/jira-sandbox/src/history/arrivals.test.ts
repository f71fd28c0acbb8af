import { describe, expect, test } from 'vitest'
import { workingWeeks } from './arrivals.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** A Sunday night, when nobody works. */
const SUNDAY_NIGHT = Date.UTC(2026, 4, 31, 3)
/** A Tuesday at eleven. */
const TUESDAY = Date.UTC(2026, 5, 2, 11)

function weeks(endMs: number, seed = 1, utcOffsetMs = 0) {
  return workingWeeks({ weeks: 4, seed, endMs, utcOffsetMs })
}

/** Tickets an hour, on average, in those hours of the past that `which` takes by their wall clock. */
function anHour(instants: Float64Array, endMs: number, which: (wallClock: Date) => boolean): number {
  let hours = 0
  let tickets = 0
  for (let fromMs = endMs - 28 * DAY; fromMs < endMs - HOUR; fromMs += HOUR) {
    if (!which(new Date(fromMs))) continue
    hours++
    tickets += instants.filter((ms) => ms >= fromMs && ms < fromMs + HOUR).length
  }
  return tickets / hours
}

const isWeekend = (wallClock: Date): boolean => [0, 6].includes(wallClock.getUTCDay())
const isWork = (wallClock: Date): boolean =>
  !isWeekend(wallClock) && wallClock.getUTCHours() >= 9 && wallClock.getUTCHours() < 17
const isNight = (wallClock: Date): boolean => wallClock.getUTCHours() < 5

describe.each([
  ['on a Sunday night', SUNDAY_NIGHT],
  ['on a Tuesday morning', TUESDAY],
])('four weeks that end %s', (_when, endMs) => {
  const { instants, isOutage } = weeks(endMs)

  test('are busy on working days, quiet at night and at weekends', () => {
    const working = anHour(instants, endMs, isWork)
    expect(working).toBeGreaterThan(45)
    expect(anHour(instants, endMs, isNight)).toBeLessThan(working / 6)
    expect(anHour(instants, endMs, isWeekend)).toBeLessThan(working / 4)
  })

  test('have tickets from their first day to their last minutes, in order, and none later', () => {
    expect(instants[0]).toBeGreaterThanOrEqual(endMs - 28 * DAY)
    expect(instants[0]).toBeLessThan(endMs - 27 * DAY)
    expect(instants.at(-1)).toBeLessThan(endMs)
    expect(instants.at(-1)).toBeGreaterThan(endMs - 5 * 60_000)
    expect([...instants]).toEqual([...instants].toSorted((a, b) => a - b))
  })

  test('have one storm on a working morning more than a week ago', () => {
    const bad = [...instants].filter((ms) => isOutage(ms) && ms < endMs - HOUR).map((ms) => new Date(ms))
    expect(bad.length).toBeGreaterThan(150)
    expect(new Set(bad.map((at) => at.toISOString().slice(0, 10))).size).toBe(1)
    expect(bad.every((at) => !isWeekend(at) && at.getUTCHours() >= 10 && at.getUTCHours() < 12)).toBe(true)
    expect(bad[0]?.getTime()).toBeLessThan(endMs - 7 * DAY)
  })

  test('end with an hour that is full, and a spike in it', () => {
    const minutes = Array.from({ length: 60 }, (_, n) => {
      const fromMs = endMs - HOUR + n * 60_000
      return instants.filter((ms) => ms >= fromMs && ms < fromMs + 60_000).length
    })
    expect(minutes.filter((count) => count === 0).length).toBeLessThan(10)
    expect(Math.max(...minutes)).toBeGreaterThanOrEqual(13)
    expect(minutes.indexOf(Math.max(...minutes))).toBeGreaterThan(30)
    expect(minutes.indexOf(Math.max(...minutes))).toBeLessThan(45)
  })
})

test('the last hour is the same whatever the hour of the week, the rest follows the seed', () => {
  const lately = (endMs: number, seed?: number) =>
    [...weeks(endMs, seed).instants].map((ms) => ms - endMs).filter((before) => before >= -HOUR)
  expect(lately(TUESDAY)).toEqual(lately(SUNDAY_NIGHT))
  expect(lately(TUESDAY, 2)).not.toEqual(lately(TUESDAY))
  expect(weeks(TUESDAY).instants).toEqual(weeks(TUESDAY).instants)
  expect(weeks(TUESDAY, 2).instants).not.toEqual(weeks(TUESDAY).instants)
})

test('days and nights are those of the wall clock', () => {
  const offsetMs = -8 * HOUR
  const { instants } = weeks(TUESDAY, 1, offsetMs)
  const local = instants.map((ms) => ms + offsetMs)
  const endMs = TUESDAY + offsetMs
  expect(anHour(local, endMs, isNight)).toBeLessThan(anHour(local, endMs, isWork) / 6)
})
