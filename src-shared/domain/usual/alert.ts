import type { Minute } from '../minute.ts'
import { MINUTES_PER_HOUR } from '../minute.ts'
import {
  minutesCounted,
  observe,
  QUIET_MINUTES,
  type AlertCondition,
  type AlertInput,
  type Seen,
  type ToldWindow,
} from './condition.ts'

import { atLevel, LEVEL_MINUTES, measuredLevel, type Level } from './level.ts'

/** `recovering`: the alert still runs, its newest minutes are quiet. `unknown` is never shown as `ok`. */
export type AlertPhase = 'learning' | 'ok' | 'alerting' | 'recovering' | 'unknown' | 'silenced'

/** An alert of a rule: it runs until `resolvedMinute`, and can be reopened for an hour from then on. */
export interface RunningAlert {
  readonly id: string
  readonly startedMinute: Minute
  readonly onsetMinute: Minute
  /** How often it was opened: one more each time it was reopened, last at `openedMinute`. */
  readonly opened: number
  readonly openedMinute: Minute
  readonly resolvedMinute: Minute | null
  /** The most tickets in a window as long as the one that its last start told. */
  readonly peak: { readonly tickets: number; readonly minute: Minute }
  readonly told: ToldWindow
  /** False while its last start was recorded under a silence and not sent. */
  readonly isSent: boolean
  /** As many in such a window once it had filled, and whether twice as many were told since. */
  readonly settled: number
  readonly isDoubled: boolean
  /** From when on nothing is wrong: while a storm fills its first minute, the last full one is quiet and says nothing. */
  readonly calmSince: Minute | null
}

/** Where a rule stands: plain JSON, and all there is to keep between two evaluations. */
export interface AlertState {
  readonly phase: AlertPhase
  readonly sinceMinute: Minute
  readonly alert: RunningAlert | null
  /** While an alert runs, what is usual is what it was at this minute: `makeBaseline(history, zone, frozenMinute)`. */
  readonly frozenMinute: Minute | null
  /** What a rule "above usual" is compared with since an alert of it ran for a day, until that is usual; null: what is usual. */
  readonly level: Level | null
  /** `untilMinute` null: until the running alert is over. */
  readonly silence: { readonly untilMinute: Minute | null } | null
}

/** What is recorded and sent. `key` differs for each transition of an alert; one that is repeated has the same. */
export interface AlertTransition {
  readonly kind: 'started' | 'doubled' | 'resolved'
  readonly key: string
  readonly alertId: string
  readonly minute: Minute
  readonly startedMinute: Minute
  readonly onsetMinute: Minute
  readonly isReopened: boolean
  /** Recorded, not sent. */
  readonly isSilenced: boolean
  readonly window: ToldWindow
  readonly peak: RunningAlert['peak']
  /** Of one that is resolved: that what it rang for is the new level. */
  readonly isNewLevel?: boolean
}

/** What happens again within so many minutes is the same alert. */
const REOPEN_MINUTES = 60
/** While the window of a storm that has just begun fills, it grows by itself. */
const MAX_SETTLING = 15

interface Next {
  readonly state: AlertState
  readonly transitions: readonly AlertTransition[]
}

/** The state of a rule that was never evaluated. */
export function firstState(nowMinute: Minute): AlertState {
  return {
    phase: 'unknown',
    sinceMinute: nowMinute,
    alert: null,
    frozenMinute: null,
    level: null,
    silence: null,
  }
}

/**
 * What becomes of a rule's state, and what is to be recorded and sent. Where `before.frozenMinute` is not null, the
 * observation's baseline is the one of then.
 */
export function nextState(condition: AlertCondition, before: AlertState, observation: AlertInput): Next {
  const { nowMinute } = observation
  const compared = { ...observation, baseline: atLevel(observation.baseline, before.level) }
  const seen = observe(condition, compared, clearedTo(before, observation))
  const level = levelAt(condition, before, observation)
  const state = { ...before, silence: silenceAt(before, nowMinute), level }
  if (seen === 'learning' || seen === 'unknown')
    return { state: inPhase(state, seen, nowMinute), transitions: [] }
  const { alert } = state
  if (alert !== null && alert.resolvedMinute === null)
    return continued(state, alert, seen, { condition, ...observation })
  return seen.isFiring ? started(state, seen, observation) : rested(state, nowMinute)
}

/** So many of the newest minutes the next evaluation looks at: of a whole day where its level is to be measured. */
export function minutesSeen(condition: AlertCondition, state: AlertState, nowMinute: Minute): number {
  const isMeasured = isDayLong(condition, state, nowMinute) || isLevelOld(state, nowMinute)
  return isMeasured ? Math.max(LEVEL_MINUTES, minutesCounted(condition)) : minutesCounted(condition)
}

/** Whether what an alert rings for is to be the new level, where it goes on. */
function isDayLong({ kind }: AlertCondition, state: AlertState, nowMinute: Minute): boolean {
  const { alert } = state
  if (kind !== 'above-usual' || alert === null || alert.resolvedMinute !== null) return false
  return nowMinute - alert.openedMinute >= LEVEL_MINUTES
}

function isLevelOld({ level, ...state }: Pick<AlertState, 'alert' | 'level'>, nowMinute: Minute): boolean {
  return level !== null && !runs(state) && nowMinute - level.minute >= MINUTES_PER_HOUR
}

/** Measured once an hour; none where ten minutes were quiet, by what has been learned since. */
function levelAt(condition: AlertCondition, before: AlertState, observation: AlertInput): Level | null {
  const { level } = before
  if (level === null || runs(before)) return level
  const seen = observe(condition, observation, clearedTo(before, observation))
  if (seen === 'learning' || seen === 'unknown') return level
  // Of an hour that has some of the level yet, it would ring.
  if (seen.isQuiet(null) && !seen.isFiring) return null
  const { baseline, recent, nowMinute } = observation
  const measured = isLevelOld(before, nowMinute) ? measuredLevel(baseline, recent) : null
  if (measured === null) return level
  return measured.factor > 1 ? measured : null
}

/** Silences a rule until a minute, or (null) until its running alert is over; `false` ends a silence. */
export function silenced(
  state: AlertState,
  untilMinute: Minute | null | false,
  nowMinute: Minute,
): AlertState {
  if (untilMinute !== false)
    return { ...state, silence: { untilMinute }, phase: 'silenced', sinceMinute: nowMinute }
  return { ...state, silence: null, phase: runs(state) ? 'alerting' : 'unknown', sinceMinute: nowMinute }
}

function runs({ alert }: Pick<AlertState, 'alert'>): boolean {
  return alert !== null && alert.resolvedMinute === null
}

/** Tickets of an alert that is over are not counted again, nor in a drill those of before it. */
function clearedTo({ alert }: AlertState, { begunMinute = Number.NEGATIVE_INFINITY }: AlertInput): Minute {
  return Math.max(begunMinute, (alert?.resolvedMinute ?? Number.NEGATIVE_INFINITY) - QUIET_MINUTES)
}

function silenceAt(state: AlertState, nowMinute: Minute): AlertState['silence'] {
  const { silence } = state
  if (silence === null) return null
  const isOver = silence.untilMinute === null ? !runs(state) : nowMinute >= silence.untilMinute
  return isOver ? null : silence
}

function inPhase(state: AlertState, phase: AlertPhase, nowMinute: Minute): AlertState {
  const isHidden = state.silence !== null && phase !== 'unknown' && phase !== 'learning'
  const shown = isHidden ? 'silenced' : phase
  return shown === state.phase ? state : { ...state, phase: shown, sinceMinute: nowMinute }
}

function rested(state: AlertState, nowMinute: Minute): Next {
  const isPast = nowMinute - (state.alert?.resolvedMinute ?? nowMinute) > REOPEN_MINUTES
  return {
    state: inPhase({ ...state, alert: isPast ? null : state.alert }, 'ok', nowMinute),
    transitions: [],
  }
}

function started(state: AlertState, seen: Seen, { nowMinute, newAlertId }: AlertInput): Next {
  const former = state.alert
  const isAgain = former !== null && nowMinute - (former.resolvedMinute ?? nowMinute) <= REOPEN_MINUTES
  const onsetMinute = seen.onset()
  const alert: RunningAlert = {
    id: isAgain ? former.id : newAlertId,
    startedMinute: isAgain ? former.startedMinute : nowMinute,
    onsetMinute: isAgain ? former.onsetMinute : onsetMinute,
    opened: isAgain ? former.opened + 1 : 1,
    openedMinute: nowMinute,
    resolvedMinute: null,
    peak:
      isAgain && former.peak.tickets > seen.window.tickets
        ? former.peak
        : { tickets: seen.window.tickets, minute: nowMinute },
    told: seen.window,
    isSent: state.silence === null,
    settled: seen.window.tickets,
    isDoubled: isAgain && former.isDoubled,
    calmSince: null,
  }
  return {
    state: inPhase({ ...state, alert, frozenMinute: nowMinute }, 'alerting', nowMinute),
    transitions: [transition('started', alert, seen.window, nowMinute, state.silence !== null)],
  }
}

interface ContinuedInput extends AlertInput {
  readonly condition: AlertCondition
}

function continued(state: AlertState, before: RunningAlert, seen: Seen, input: ContinuedInput): Next {
  const { condition, nowMinute } = input
  const window = seen.windowOf(before.told.minutes)
  const { tickets } = window
  const transitions: AlertTransition[] = []
  let alert: RunningAlert = {
    ...before,
    calmSince: !seen.isFiring && seen.isCalm() ? (before.calmSince ?? nowMinute) : null,
    peak: tickets > before.peak.tickets ? { tickets, minute: nowMinute } : before.peak,
    settled: isSettling(before, nowMinute) ? Math.max(before.settled, tickets) : before.settled,
  }
  if (!alert.isSent && state.silence === null) {
    alert = { ...alert, isSent: true, told: window, settled: tickets }
    transitions.push(transition('started', alert, window, nowMinute, false))
  } else if (state.silence === null && hasDoubled(alert, tickets)) {
    alert = { ...alert, isDoubled: true }
    transitions.push(transition('doubled', alert, window, nowMinute, false))
  }
  const isOver = nowMinute - alert.openedMinute >= QUIET_MINUTES && seen.isQuiet(alert.calmSince)
  const isNewLevel = !isOver && isDayLong(condition, state, nowMinute)
  const reached = isNewLevel ? measuredLevel(input.baseline, input.recent) : null
  if (!isOver && reached === null) {
    const phase = alert.calmSince === null ? 'alerting' : 'recovering'
    return { state: inPhase({ ...state, alert }, phase, nowMinute), transitions }
  }
  alert = { ...alert, resolvedMinute: nowMinute }
  const resolved = transition('resolved', alert, window, nowMinute, !alert.isSent)
  transitions.push(reached === null ? resolved : { ...resolved, isNewLevel: true })
  const over = { ...state, alert, frozenMinute: null, level: reached ?? state.level }
  return { state: inPhase({ ...over, silence: silenceAt(over, nowMinute) }, 'ok', nowMinute), transitions }
}

function isSettling({ openedMinute, told }: RunningAlert, nowMinute: Minute): boolean {
  return nowMinute - openedMinute < Math.min(told.minutes, MAX_SETTLING)
}

function hasDoubled({ isDoubled, settled }: RunningAlert, tickets: number): boolean {
  return !isDoubled && settled > 0 && tickets >= 2 * settled
}

function transition(
  kind: AlertTransition['kind'],
  alert: RunningAlert,
  window: ToldWindow,
  minute: Minute,
  isSilenced: boolean,
): AlertTransition {
  const { id, opened, startedMinute, onsetMinute, peak } = alert
  return {
    kind,
    key: opened === 1 ? kind : `${kind}-${opened}`,
    alertId: id,
    minute,
    startedMinute,
    onsetMinute,
    isReopened: opened > 1,
    isSilenced,
    window,
    peak,
  }
}
