import {
  firstState,
  minutesSeen,
  nextState,
  type AlertState,
  type AlertTransition,
} from '../../src-shared/domain/usual/alert.ts'
import { makeBaseline, type History } from '../../src-shared/domain/usual/baseline.ts'
import type { AlertCondition, AlertInput } from '../../src-shared/domain/usual/condition.ts'

/** A Monday, 00:00 UTC. */
export const START = 26_798_400
const WEEKS = 4
export const NOW = START + WEEKS * 10_080

/** One ticket in each five minutes, for four weeks. */
export const HISTORY: History = {
  startMinute: START,
  stepMinutes: 5,
  counts: Array.from<number>({ length: WEEKS * 2_016 }).fill(1),
}
export const BASELINE = makeBaseline(HISTORY, 'UTC', NOW)
export const ABOVE: AlertCondition = { kind: 'above-usual', often: 'month' }
export const AT_LEAST: AlertCondition = { kind: 'at-least', tickets: 10, minutes: 5 }
export const UNFETCHED: AlertCondition = { kind: 'nothing-fetched', minutes: 3 }

interface Evaluated {
  readonly minute: number
  readonly state: AlertState
  readonly transitions: readonly AlertTransition[]
}

/** An evaluation at each of these minutes that `isEvaluated`, all others missed; `keep`: what happens to the state in between. */
export function evaluate(
  condition: AlertCondition,
  counts: readonly (number | null)[],
  {
    isEvaluated = () => true,
    keep = (state) => state,
    baseline = BASELINE,
    change = {},
  }: {
    isEvaluated?: (at: number) => boolean
    keep?: (state: AlertState) => AlertState
    baseline?: AlertInput['baseline']
    change?: Partial<AlertInput>
  } = {},
): readonly Evaluated[] {
  const found: Evaluated[] = []
  let state = firstState(NOW)
  let sinceFetch = 0
  counts.forEach((count, at) => {
    sinceFetch = count === null ? sinceFetch + 1 : 0
    if (!isEvaluated(at)) return
    const minute = NOW + at
    const kept = keep(state)
    const seen = minutesSeen(condition, kept, minute)
    const next = nextState(condition, kept, {
      nowMinute: minute,
      recent: { endMinute: minute + 1, counts: counts.slice(Math.max(0, at + 1 - seen), at + 1) },
      settledTo: minute,
      sinceFetch,
      isKnown: count !== null,
      baseline,
      newAlertId: `at-${minute}`,
      ...change,
    })
    state = next.state
    found.push({ minute, ...next })
  })
  return found
}

export function told(evaluated: readonly Evaluated[]): readonly AlertTransition[] {
  return evaluated.flatMap(({ transitions }) => transitions)
}

/** So many minutes of so many tickets each; an hour and a half of a ticket each fifth minute comes first. */
export function minutes(...parts: readonly (readonly [number, number | null])[]): (number | null)[] {
  const quiet = Array.from({ length: 90 }, (_, at) => (at % 5 === 0 ? 1 : 0))
  return [...quiet, ...parts.flatMap(([length, count]) => Array.from<typeof count>({ length }).fill(count))]
}

export const QUIET = [100, 0] as const
