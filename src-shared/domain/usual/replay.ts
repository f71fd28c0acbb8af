import { MINUTES_PER_HOUR, type Minute } from '../minute.ts'
import { firstState, minutesSeen, nextState, type AlertState, type RunningAlert } from './alert.ts'
import type { Baseline } from './baseline.ts'
import type { AlertCondition } from './condition.ts'

/** Tickets by minutes; null: not known. */
export interface ReplayedMinutes {
  readonly startMinute: Minute
  readonly counts: readonly (number | null)[]
}

/** An alert that a rule would have raised; `resolvedMinute` null: it still ran in the end. */
export type Fired = Pick<
  RunningAlert,
  'startedMinute' | 'onsetMinute' | 'resolvedMinute' | 'peak' | 'told' | 'opened'
>

/**
 * What a rule would have raised, had it been evaluated at each of these minutes; of each `baselineAt` gives what was
 * usual then. An hour at a time: it yields after each, for the caller to let others work.
 */
export function* replay(
  condition: AlertCondition,
  { startMinute, counts }: ReplayedMinutes,
  baselineAt: (minute: Minute) => Baseline,
): Generator<void, readonly Fired[]> {
  const fired = new Map<string, RunningAlert>()
  let state: AlertState = firstState(startMinute)
  let sinceFetch = 0
  for (let at = 0; at < counts.length; at++) {
    const nowMinute = startMinute + at
    const seen = minutesSeen(condition, state, nowMinute)
    sinceFetch = counts[at] === null ? sinceFetch + 1 : 0
    state = nextState(condition, state, {
      nowMinute,
      recent: {
        endMinute: nowMinute + 1,
        counts: counts.slice(Math.max(0, at + 1 - seen), at + 1),
      },
      settledTo: nowMinute + 1,
      sinceFetch,
      isKnown: counts[at] !== null,
      baseline: baselineAt(state.frozenMinute ?? nowMinute),
      newAlertId: String(nowMinute),
    }).state
    if (state.alert !== null) fired.set(state.alert.id, state.alert)
    if ((at + 1) % MINUTES_PER_HOUR === 0) yield
  }
  return [...fired.values()]
}
