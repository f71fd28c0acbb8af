import { describe, expect, test } from 'vitest'
import { firstState, nextState, silenced, type AlertPhase, type AlertTransition } from './alert.ts'
import { makeBaseline, type History } from './baseline.ts'
import { replay } from './replay.ts'
import { verdictOf } from './verdict.ts'

const MINUTES_PER_DAY = 1_440
/** A Monday, 00:00 UTC. */
const START = 26_798_400
const WEEKS = 4
const NOW = START + WEEKS * 7 * MINUTES_PER_DAY

/** One ticket in each five minutes, for four weeks. */
const HISTORY: History = {
  startMinute: START,
  stepMinutes: 5,
  counts: Array.from<number>({ length: (WEEKS * 7 * MINUTES_PER_DAY) / 5 }).fill(1),
}
const BASELINE = makeBaseline(HISTORY, 'UTC', NOW)
const ABOVE = { kind: 'above-usual', often: 'month' } as const

/** An hour and a half of a ticket each fifth minute, then these minutes. */
function minutes(newest: readonly number[]): number[] {
  return [...Array.from({ length: 90 }, (_, at) => (at % 5 === 0 ? 1 : 0)), ...newest]
}

function fired(newest: readonly number[]) {
  const steps = replay(ABOVE, { startMinute: NOW, counts: minutes(newest) }, () => BASELINE)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

describe('an alert above the usual', () => {
  test('fires where many come at once, and is over when they are', () => {
    const storm = [...Array.from<number>({ length: 10 }).fill(4), ...minutes([])]
    const [alert, ...others] = fired(storm)
    expect(others).toEqual([])
    expect(alert?.startedMinute).toBeLessThanOrEqual(NOW + 92)
    expect(alert?.onsetMinute).toBe(NOW + 90)
    expect(alert?.resolvedMinute).toBeGreaterThanOrEqual(NOW + 110)
    expect(alert?.peak.tickets).toBe(20)
  })

  test('does not fire on what is usual', () => {
    expect(fired(minutes([]))).toEqual([])
  })

  test('is recorded and not sent while its rule is silenced', () => {
    const observation = {
      nowMinute: NOW,
      recent: { endMinute: NOW + 1, counts: minutes([40]) },
      settledTo: NOW,
      sinceFetch: 0,
      isKnown: true,
      baseline: BASELINE,
      newAlertId: 'a',
    }
    const state = silenced(firstState(NOW - 1), NOW + 5, NOW - 1)
    const next = nextState(ABOVE, state, observation)
    expect(next.state.phase).toBe<AlertPhase>('silenced')
    expect(next.transitions).toMatchObject([{ kind: 'started', alertId: 'a', isSilenced: true }])
    const later = nextState(ABOVE, next.state, { ...observation, nowMinute: NOW + 5 })
    const [started]: readonly AlertTransition[] = later.transitions
    expect(started).toMatchObject({ kind: 'started', key: 'started', isSilenced: false })
  })
})

describe('the verdict', () => {
  test('tells the window that chance explains least', () => {
    const verdict = verdictOf(BASELINE, { endMinute: NOW, counts: minutes([3, 3, 3]) })
    expect(verdict).toMatchObject({ state: 'high', minutes: 5, tickets: 9, onsetMinute: NOW - 3 })
  })

  test('is unknown where the newest minutes are', () => {
    const counts = [...minutes([]), null, null]
    expect(verdictOf(BASELINE, { endMinute: NOW, counts }).state).toBe('unknown')
  })

  test('says that it is learning', () => {
    const young = makeBaseline({ ...HISTORY, counts: HISTORY.counts.slice(0, 288) }, 'UTC', START + 1_440)
    expect(verdictOf(young, { endMinute: NOW, counts: minutes([9, 9]) }).state).toBe('learning')
  })
})
