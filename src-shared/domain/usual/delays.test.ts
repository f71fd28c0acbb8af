import { expect, test } from 'vitest'
import { makeBaseline } from './baseline.ts'
import { replay } from './replay.ts'
import { quantile } from './tails.ts'

/** A Monday, 00:00 UTC. */
const START = 26_798_400
const WEEKS = 6
const NOW = START + WEEKS * 10_080
const QUIET = 90

/** Minutes until a storm is told that multiplies this rate evenly, after six weeks whose variance is 1.5 × their mean. */
function delayOf(hourly: number, factor: number): number | null {
  const usual = { mean: hourly / 12, variance: hourly / 8 }
  let seed = 16
  const history = Array.from({ length: WEEKS * 2_016 }, () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0
    return quantile((seed + 0.5) / 2 ** 32, usual)
  })
  const baseline = makeBaseline({ startMinute: START, stepMinutes: 5, counts: history }, 'UTC', NOW + 60)
  expect(Math.abs(baseline.spread.phi - 1.5)).toBeLessThan(0.2)
  const came = (minute: number): number => {
    const stormy = Math.max(0, minute - QUIET)
    return Math.floor((hourly / 60) * (minute + stormy * (factor - 1)))
  }
  const counts = Array.from({ length: QUIET + 240 }, (_, at) => came(at + 1) - came(at))
  const steps = replay({ kind: 'above-usual', often: 'month' }, { startMinute: NOW, counts }, () => baseline)
  for (;;) {
    const step = steps.next()
    if (step.done !== true) continue
    const started = step.value[0]?.startedMinute
    return started === undefined ? null : started - NOW - QUIET + 1
  }
}

test('even storms of ×2, ×3, ×6 and ×10 are told as soon as the median of those in docs/alerts.md', () => {
  const table = Object.fromEntries(
    [6, 30, 106, 300].map((hourly) => [hourly, [2, 3, 6, 10].map((factor) => delayOf(hourly, factor))]),
  )
  expect(table).toEqual({
    6: [null, null, 35, 12],
    30: [null, 37, 8, 4],
    106: [36, 10, 3, 2],
    300: [11, 4, 2, 1],
  })
})
