import { expect, test } from 'vitest'
import { drillVerdict } from './drill.ts'
import { drillPlanText, drillText } from './drill-text.ts'

const MINUTE_MS = 60_000
const TIMES = { stormMs: 10 * MINUTE_MS, dueMs: 15 * MINUTE_MS }
const time = (ms: number): string => `00:${String(ms / MINUTE_MS).padStart(2, '0')}`

function textAfter(minutes: number | null, isOver = false): string {
  const alarms = minutes === null ? [] : [{ rule: 'Storm', startedMs: TIMES.stormMs + minutes * MINUTE_MS }]
  return drillText({ ...TIMES, rules: ['Storm', 'Many'], ...drillVerdict(TIMES, alarms, isOver) }, time)
}

test('a drill says what it waits for, and how it went', () => {
  expect(drillPlanText({ ...TIMES, rules: ['Storm'] }, time)).toBe(
    'The storm begins at 00:10; a rule has to ring by 00:15 (Storm).',
  )
  expect(textAfter(null)).toBe('The storm begins at 00:10; a rule has to ring by 00:15 (Storm, Many).')
  expect(textAfter(0)).toBe('“Storm” rang at 00:10, when the storm began: in time.')
  expect(textAfter(2)).toBe('“Storm” rang at 00:12, 2 min after the storm began: in time.')
  expect(textAfter(7)).toBe('“Storm” rang at 00:17, 7 min after the storm began: 2 min too late.')
  expect(textAfter(-3)).toBe(
    '“Storm” rang at 00:07, 3 min before the storm: what came before it was enough. Fewer tickets in all, or more of them in the storm, may leave the time before it as usual.',
  )
  expect(textAfter(null, true)).toBe(
    'No alarm came by 00:15, 5 min after the storm began. Rules that were on: Storm, Many.',
  )
})
