import { expect, test } from 'vitest'
import { makeBaseline } from './baseline.ts'
import type { AlertCondition } from './condition.ts'
import { replay, type Fired } from './replay.ts'

/** A Monday, 00:00 UTC. */
const START = 26_798_400
const NOW = START + 4 * 10_080
const HISTORY = {
  startMinute: START,
  stepMinutes: 5,
  counts: Array.from<number>({ length: 4 * 2_016 }).fill(1),
} as const

const BASELINE = makeBaseline(HISTORY, 'UTC', NOW)

test('a replay finds what a rule would have raised, and gives way after each hour', () => {
  const counts = Array.from<unknown, number>({ length: 3 * 1_440 }, (_, at) => (at % 5 === 0 ? 1 : 0))
  counts.fill(4, 2_000, 2_010)
  counts.fill(4, 4_310, 4_320)
  const asked = new Set<number>()
  const above = replayed({ kind: 'above-usual', often: 'month' }, counts, (minute) => {
    asked.add(minute)
    return BASELINE
  })
  expect(above.hours).toBe(72)
  expect(above.fired).toMatchObject([
    {
      startedMinute: NOW + 2_001,
      onsetMinute: NOW + 2_000,
      resolvedMinute: NOW + 2_034,
      peak: { tickets: 20 },
    },
    { startedMinute: NOW + 4_311, resolvedMinute: null },
  ])
  // While it ran, what was usual when it began was asked for.
  expect([asked.has(NOW + 2_002), asked.has(NOW + 2_034), asked.has(NOW + 2_035)]).toEqual([
    false,
    false,
    true,
  ])
  expect(replayed({ kind: 'at-least', tickets: 21, minutes: 5 }, counts, () => BASELINE).fired).toEqual([])
})

test('a rule that counts over hours sees all of them', () => {
  const counts = Array.from<number>({ length: 600 }).fill(1)
  const [first] = replayed({ kind: 'at-least', tickets: 180, minutes: 180 }, counts, () => BASELINE).fired
  expect(first?.startedMinute).toBe(NOW + 179)
})

function replayed(
  condition: AlertCondition,
  counts: readonly number[],
  baselineAt: Parameters<typeof replay>[2],
): { hours: number; fired: readonly Fired[] } {
  const steps = replay(condition, { startMinute: NOW, counts }, baselineAt)
  for (let hours = 0; ; hours++) {
    const step = steps.next()
    if (step.done === true) return { hours, fired: step.value }
  }
}
