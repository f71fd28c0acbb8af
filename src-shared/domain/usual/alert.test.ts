import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  firstState,
  nextState,
  silenced,
  type AlertPhase,
  type AlertState,
  type AlertTransition,
} from './alert.ts'
import { makeBaseline, usualOf } from './baseline.ts'
import {
  START,
  NOW,
  HISTORY,
  BASELINE,
  ABOVE,
  AT_LEAST,
  UNFETCHED,
  evaluate,
  told,
  minutes,
  QUIET,
} from '../../../test-support/domain/evaluations.ts'
import type { AlertCondition, AlertInput } from './condition.ts'

/** A person silences the alert while its window has fifteen. */
function silencedAtFifteen(state: AlertState): AlertState {
  const isFifteen = state.phase === 'alerting' && state.silence === null && state.alert?.peak.tickets === 15
  return isFifteen ? silenced(state, null, NOW + 92) : state
}

/** A person silences the rule before anything happens. */
function until(untilMinute: number | null): (state: AlertState) => AlertState {
  return (state) =>
    state.sinceMinute === NOW && state.silence === null && state.phase === 'unknown'
      ? silenced(state, untilMinute, NOW)
      : state
}

describe('an alert', () => {
  test('fires where many come at once, with its onset, and is over when they are', () => {
    const [started, resolved, ...others] = told(evaluate(ABOVE, minutes([10, 4], QUIET)))
    expect(others).toEqual([])
    expect(started).toMatchObject({
      kind: 'started',
      minute: NOW + 91,
      onsetMinute: NOW + 90,
      isReopened: false,
    })
    expect(started?.window).toMatchObject({ minutes: 5, tickets: 8 })
    // Of the last fifteen minutes, fourteen must be without any of the storm, for ten minutes in a row.
    expect(resolved).toMatchObject({ kind: 'resolved', alertId: started?.alertId, minute: NOW + 100 + 23 })
    expect(resolved?.peak.tickets).toBe(20)
  })

  test('is no quieter in the very minute in which its storm began', () => {
    const counts = minutes([1, 12])
    const observation: AlertInput = {
      nowMinute: NOW,
      recent: { endMinute: NOW + 1, counts },
      settledTo: NOW,
      sinceFetch: 0,
      isKnown: true,
      baseline: BASELINE,
      newAlertId: 'a',
    }
    const { state } = nextState(AT_LEAST, firstState(NOW), observation)
    expect([state.phase, nextState(AT_LEAST, state, observation).state.phase]).toEqual([
      'alerting',
      'alerting',
    ])
  })

  test('does not fire on what is usual, nor on fewer than five', () => {
    expect(told(evaluate(ABOVE, [...minutes(), ...minutes()]))).toEqual([])
    const rare = makeBaseline(
      { ...HISTORY, counts: HISTORY.counts.map((_, at) => (at % 90 === 0 ? 1 : 0)) },
      'UTC',
      NOW,
    )
    const quiet = Array.from<number>({ length: 90 }).fill(0)
    expect(told(evaluate(ABOVE, [...quiet, 4], { baseline: rare }))).toEqual([])
    expect(told(evaluate(ABOVE, [...quiet, 5], { baseline: rare }))).toHaveLength(1)
  })

  test('says once that it doubled, and not that its window filled', () => {
    const transitions = told(evaluate(ABOVE, minutes([10, 3], [5, 6], [10, 40], QUIET)))
    expect(transitions.map(({ kind }) => kind)).toEqual(['started', 'doubled', 'resolved'])
    expect(transitions[1]).toMatchObject({ minute: NOW + 90 + 14, window: { minutes: 5, tickets: 30 } })
  })

  test('that comes back within an hour is the same, under a key of its own; later it is another', () => {
    const again = told(evaluate(ABOVE, minutes([10, 4], [60, 0], [10, 4], QUIET)))
    expect(again.map(({ key }) => key)).toEqual(['started', 'resolved', 'started-2', 'resolved-2'])
    expect(new Set(again.map(({ alertId }) => alertId)).size).toBe(1)
    expect(again[2]).toMatchObject({ isReopened: true, startedMinute: NOW + 91 })
    const other = told(evaluate(ABOVE, minutes([10, 4], [100, 0], [10, 4], QUIET)))
    expect(other.map(({ key }) => key)).toEqual(['started', 'resolved', 'started', 'resolved'])
    expect(new Set(other.map(({ alertId }) => alertId)).size).toBe(2)
  })

  test('of a fixed number fires from the first minute on, while what is usual is learned', () => {
    const young = makeBaseline({ ...HISTORY, counts: HISTORY.counts.slice(0, 288) }, 'UTC', START + 1_440)
    const counts = [0, 12, ...Array.from<number>({ length: 30 }).fill(0)]
    const fixed = evaluate(AT_LEAST, counts, { baseline: young })
    expect(told(fixed).map(({ kind }) => kind)).toEqual(['started', 'resolved'])
    expect(told(fixed)[0]).toMatchObject({ onsetMinute: NOW + 1, window: { tickets: 12, usual: null } })
    const above = evaluate(ABOVE, counts, { baseline: young })
    expect(told(above)).toEqual([])
    expect(above.at(-1)?.state.phase).toBe('learning')
  })

  test('goes on through what is not known, and is not over by it', () => {
    const evaluated = evaluate(ABOVE, minutes([10, 4], [60, null], QUIET))
    expect(evaluated[90 + 40]?.state.phase).toBe('unknown')
    expect(told(evaluated).map(({ kind }) => kind)).toEqual(['started', 'resolved'])
    // Fifteen known minutes, ten times.
    expect(told(evaluated)[1]?.minute).toBe(NOW + 90 + 10 + 60 + 24)
  })

  test('of nothing fetched is over after ten minutes of fetching', () => {
    const evaluated = evaluate(UNFETCHED, minutes([5, null], [30, 0]))
    expect(told(evaluated)).toMatchObject([
      { kind: 'started', minute: NOW + 92, onsetMinute: NOW + 89 },
      { kind: 'resolved', minute: NOW + 95 + 10 },
    ])
    expect(evaluated[95]?.state.phase).toBe('recovering')
  })

  test('of too few fires after an hour without any where there are twelve, not where there are five', () => {
    const busy = makeBaseline({ ...HISTORY, counts: HISTORY.counts.map(() => 2) }, 'UTC', NOW)
    const counts = minutes([70, 0], [20, 1])
    const evaluated = told(evaluate({ kind: 'too-quiet' }, counts, { baseline: busy }))
    expect(evaluated.map(({ kind, minute }) => [kind, minute])).toEqual([
      ['started', NOW + 86 + 60],
      ['resolved', NOW + 90 + 70 + 10],
    ])
    const rare = makeBaseline(
      { ...HISTORY, counts: HISTORY.counts.map((_, at) => (at % 12 < 5 ? 1 : 0)) },
      'UTC',
      NOW,
    )
    expect(told(evaluate({ kind: 'too-quiet' }, counts, { baseline: rare }))).toEqual([])
    // As many on average, on days of which some have hardly any.
    const uneven = makeBaseline(
      { ...HISTORY, counts: HISTORY.counts.map((_, at) => (Math.floor(at / 288) % 3 === 0 ? 0 : 3)) },
      'UTC',
      NOW,
    )
    expect(told(evaluate({ kind: 'too-quiet' }, counts, { baseline: uneven }))).toEqual([])
  })

  test('is recorded and not sent while its rule is silenced, and sent when the silence ends before it', () => {
    const counts = minutes([20, 4], QUIET)
    const sent = (keep: (state: AlertState) => AlertState) =>
      told(evaluate(ABOVE, counts, { keep })).map(({ key, isSilenced }) => [key, isSilenced])
    expect(sent(until(NOW + 100))).toEqual([
      ['started', true],
      ['started', false],
      ['resolved', false],
    ])
    expect(sent(until(NOW + 300))).toEqual([
      ['started', true],
      ['resolved', true],
    ])
    expect(evaluate(ABOVE, counts, { keep: until(NOW + 300) })[95]?.state.phase).toBe<AlertPhase>('silenced')
  })

  test('that is silenced until it is over says nothing but its end', () => {
    const counts = minutes([10, 3], [10, 20], QUIET, [10, 4], QUIET)
    const transitions = told(evaluate(ABOVE, counts, { keep: silencedAtFifteen }))
    expect(transitions.map(({ kind, isSilenced }) => [kind, isSilenced])).toEqual([
      ['started', false],
      ['resolved', false],
      ['started', false],
      ['resolved', false],
    ])
  })
})

describe('of any minutes, evaluated or missed, it holds that', () => {
  const parts = fc.array(
    fc.tuple(fc.integer({ min: 1, max: 80 }), fc.constantFrom(0, 0, 0, 1, 2, 4, 9, null)),
    { minLength: 3, maxLength: 9 },
  )
  const condition = fc.constantFrom(ABOVE, AT_LEAST, UNFETCHED)
  const missed = fc.integer({ min: 2, max: 9 })

  function each(holds: (condition: AlertCondition, counts: (number | null)[], missed: number) => void): void {
    fc.assert(
      fc.property(condition, parts, missed, (rule, of, miss) => holds(rule, minutes(...of, [10, 0]), miss)),
      { numRuns: 60 },
    )
  }

  test('a restart between any two evaluations changes nothing', () => {
    each((rule, counts) => {
      const restarted = evaluate(rule, counts, {
        keep: (state) => JSON.parse(JSON.stringify(state)) as AlertState,
      })
      expect(restarted).toEqual(evaluate(rule, counts))
    })
  })

  test('an alert lasts ten minutes at least, and ends after ten quiet ones', () => {
    each((rule, counts, miss) => {
      const evaluated = evaluate(rule, counts, { isEvaluated: (at) => at % miss !== 0 })
      for (const end of told(evaluated).filter(({ kind }) => kind === 'resolved')) {
        const start = told(evaluated).findLast(
          ({ kind, minute }) => kind === 'started' && minute <= end.minute,
        )
        expect(end.minute - (start?.minute ?? Infinity)).toBeGreaterThanOrEqual(10)
        expect(wasQuiet(rule, counts, end.minute - NOW)).toBe(true)
      }
    })
  })

  test('it starts, doubles at most once, and ends, each under a key of its own; within an hour it is the same alert', () => {
    each((rule, counts, miss) => {
      const transitions = told(evaluate(rule, counts, { isEvaluated: (at) => at % miss !== 0 }))
      let last: AlertTransition | undefined
      for (const now of transitions) {
        const runs = last !== undefined && last.kind !== 'resolved'
        expect(now.kind === 'started').toBe(!runs)
        const isSoon = last !== undefined && now.minute - last.minute <= 60
        expect(now.alertId === last?.alertId).toBe(runs || isSoon)
        last = now
      }
      const keys = transitions.map(({ alertId, key }) => `${alertId} ${key}`)
      expect(new Set(keys).size).toBe(keys.length)
      const doubled = transitions.filter(({ kind }) => kind === 'doubled').map(({ alertId }) => alertId)
      expect(new Set(doubled).size).toBe(doubled.length)
    })
  })

  test('what is usual is frozen while an alert runs, and only then', () => {
    each((rule, counts) => {
      for (const { state } of evaluate(rule, counts)) {
        const runs = state.alert !== null && state.alert.resolvedMinute === null
        expect(state.frozenMinute).toBe(runs ? state.alert?.openedMinute : null)
      }
    })
  })

  test('what is not known is never shown as ok', () => {
    each((rule, counts) => {
      if (rule.kind === 'nothing-fetched') return
      const unknown = evaluate(rule, counts).filter(({ minute }) => counts[minute - NOW] === null)
      expect(unknown.every(({ state }) => state.phase === 'unknown')).toBe(true)
    })
  })
})

/** By the words: of each of the last ten minutes, the quarter of an hour that ended with it. */
function wasQuiet(rule: AlertCondition, counts: readonly (number | null)[], at: number): boolean {
  if (rule.kind === 'nothing-fetched') return counts.slice(at - 10, at + 1).every((count) => count !== null)
  const length = rule.kind === 'at-least' ? rule.minutes : 15
  for (let end = at - 10 + 1; end <= at; end++) {
    const window = counts.slice(end - length, end)
    const sum = window.reduce<number>((total, count) => total + (count ?? 0), 0)
    const usual = usualOf(BASELINE, NOW + end - length, length)
    if (window.includes(null) || usual === 'learning') return false
    const most = rule.kind === 'at-least' ? rule.tickets - 1 : usual.mean + Math.sqrt(usual.variance)
    if (sum > most) return false
  }
  return true
}
