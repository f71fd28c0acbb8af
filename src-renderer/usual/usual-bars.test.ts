import { expect, test } from 'vitest'
import type { UsualResult, UsualVerdict } from '../../src-shared/contract/alerts/usual.ts'
import { chanceText, verdictText } from '../../src-shared/domain/usual/verdict-text.ts'
import type { Bin } from '../chart/chart-model.ts'
import { usualOfBins, usualText } from './usual-bars.ts'
import { bandPath, unusualPath } from './usual-layer.tsx'

const places = { left: (slot: number) => slot * 10, top: (count: number) => 100 - count }

function bin(startMinute: number, total: number): Bin {
  return { startMinute, minutes: 5, byPriority: [total], total, state: 'settled' }
}

const usual = {
  fromMinute: 100,
  toMinute: 115,
  bucketMinutes: 5,
  low: [0, 1, 2],
  high: [2, 3, 4],
  unusualFrom: [5, 6, 7],
} as unknown as UsualResult

test('a bar has what is usual where it begins, also after the span has moved on; none of other lengths', () => {
  const bins = [bin(105, 6), bin(110, 6), bin(115, 6)]
  expect(usualOfBins(bins, usual)).toEqual([
    { low: 1, high: 3, unusualFrom: 6 },
    { low: 2, high: 4, unusualFrom: 7 },
    null,
  ])
  expect(usualOfBins([{ ...bin(105, 6), minutes: 10 }], usual)).toBeNull()
  expect(usualOfBins(bins, { ...usual, low: [], high: [], unusualFrom: [] })).toBeNull()
})

test('the band is one area for each run of bars, and a triangle stands on what is unusual alone', () => {
  const bars = [{ low: 0, high: 2, unusualFrom: 5 }, null, { low: 1, high: 3, unusualFrom: 6 }]
  expect(bandPath(bars, places)).toBe('M0 98V98H10V100H0ZM20 97V97H30V99H20Z')
  expect(unusualPath([bin(100, 4), bin(105, 99), bin(110, 6)], bars, places)).toBe('M21 91h8L25 83Z')
  expect(usualText(bin(110, 6), bars[2])).toBe('usual 1–3: unusual')
  expect(usualText(bin(110, 5), bars[2])).toBe('usual 1–3')
  expect(usualText(bin(105, 99), bars[1])).toBe('')
})

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
