import { expect, test } from 'vitest'
import { drillVerdict } from './drill.ts'
import { stormBegins } from './profile-times.ts'
import { parseProfile } from './profile.ts'

const MINUTE_MS = 60_000
const TIMES = { stormMs: 10.5 * MINUTE_MS, dueMs: 15.5 * MINUTE_MS }

function after(minutes: number) {
  return { rule: 'storm', startedMs: (10 + minutes) * MINUTE_MS }
}

test('the first alarm decides, by whole minutes', () => {
  const states = [-1, 0, 2, 5, 6].map((minutes) => drillVerdict(TIMES, [after(minutes), after(9)], false))
  expect(states.map(({ state }) => state)).toEqual(['early', 'in-time', 'in-time', 'in-time', 'late'])
  expect(states.map(({ afterMinutes }) => afterMinutes)).toEqual([-1, 0, 2, 5, 6])
})

test('an alarm that did not come is waited for until none can come any more', () => {
  expect(drillVerdict(TIMES, [], false).state).toBe('waiting')
  expect(drillVerdict(TIMES, [], true).state).toBe('missed')
})

test.each([
  ['spike 10m x6 5m', 10],
  ['spike', 30],
  ['spike 10m x0.5 5m', 0],
  ['30m@50,10m@200,20m@50', 30],
  ['15m@50,5m@50-200,10m@200', 15],
  ['steady', 0],
  ['ramp', 0],
  ['sine 3', 0],
])('the storm of %s in an hour begins at minute %d', (profile, minute) => {
  const spanMs = (profile === '15m@50,5m@50-200,10m@200' ? 30 : 60) * MINUTE_MS
  expect(stormBegins(parseProfile(profile), spanMs)).toBe(minute * MINUTE_MS)
})
