import { expect, test } from 'vitest'
import type { UsualVerdict } from '../../contract/alerts/usual.ts'
import { besideChart, chanceText, verdictText } from './verdict-text.ts'

const verdict: UsualVerdict = {
  state: 'usual',
  endMinute: 200,
  minutes: 5,
  tickets: 1,
  low: 0,
  high: 2,
  mean: 0.8,
  chance: 0.5,
  onceInDays: 0.1,
  onsetMinute: null,
  smallestStorm: 3,
  rehearsed: 0,
  stateWithoutRuns: 'usual',
}
const clock = (ms: number): string => `minute ${ms / 60_000}`

test('the verdict says what is, since when and by whom; learning and unknown are never called usual', () => {
  const say = (part: Partial<UsualVerdict>) =>
    verdictText({ learning: null, verdict: { ...verdict, ...part } }, clock)
  expect(say({})).toBe('now 1 in 5 min, usual 0–2')
  const high = { state: 'high', tickets: 13, onsetMinute: 190 } as const
  expect(say(high)).toBe('now 13 in 5 min, usual 0–2: high since minute 190')
  expect(say({ ...high, rehearsed: 12 })).toBe(
    'now 13 in 5 min, usual 0–2: high since minute 190, 12 of the last hour made by runs, without them usual',
  )
  expect(say({ state: 'unknown' })).toBe('now is not known: the newest minutes were not fetched')
  const learning = { days: 6.4, tickets: 30, neededDays: 14, neededTickets: 50, daysLeft: 7.6 }
  const none = { state: 'learning', low: null, high: null } as const
  expect(verdictText({ learning, verdict: { ...verdict, ...none } }, clock)).toBe(
    'now 1 in 5 min, learning what is usual: 6 of 14 days, about 8 days to go',
  )
  expect(chanceText({ ...verdict, state: 'high', onceInDays: 30 })).toBe(
    'Chance alone does this about once in 30 days. The smallest storm that would be seen within 15 minutes now: ×3.',
  )
})

function chart(toMinute: number, minutes = 60) {
  const counts = [
    [40, 20],
    [30, 7],
  ]
  return {
    fromMinute: toMinute - minutes,
    toMinute,
    bucketMinutes: minutes / 2,
    priorityIds: ['1', '2'],
    counts,
  }
}

test('beside the number of the same minutes it has that number, and of as many others it says which', () => {
  const hour = { ...verdict, state: 'high', minutes: 60, tickets: 100, onsetMinute: 190 } as const
  const said = (toMinute: number, minutes?: number): string =>
    verdictText({ learning: null, ...besideChart(hour, chart(toMinute, minutes)) }, clock)
  expect(said(200)).toBe('now 97 in 60 min, usual 0–2: high since minute 190')
  expect(said(201)).toBe('100 in the 60 min up to minute 200, usual 0–2: high since minute 190')
  expect(said(200, 120)).toBe('now 100 in 60 min, usual 0–2: high since minute 190')
  expect(besideChart(hour, null)).toEqual({ verdict: hour })
})
