import { minuteOf, type Minute } from '../minute.ts'

/** When the storm of a drill begins, and when its alarm has to have come at the latest. Site epoch ms. */
export interface DrillTimes {
  readonly stormMs: number
  readonly dueMs: number
}

/** An alarm of a rule in a drill. Site epoch ms. */
export interface DrillAlarm {
  readonly rule: string
  readonly startedMs: number
}

/**
 * How a drill went: `waiting` for its alarm; `in-time`; `early`: a rule rang before the storm, for what
 * came before it; `late`; `missed`: it did not come at all.
 */
export interface DrillVerdict {
  readonly state: 'waiting' | 'in-time' | 'early' | 'late' | 'missed'
  /** The alarm that decided it. */
  readonly alarm: DrillAlarm | null
  /** Minutes from the begin of the storm to that alarm; negative where it was earlier. */
  readonly afterMinutes: number | null
}

/**
 * How a drill went by now, by whole minutes of the site's time, as rules are evaluated. The first alarm decides.
 * `isOver`: no further one can come.
 */
export function drillVerdict(
  { stormMs, dueMs }: DrillTimes,
  alarms: readonly DrillAlarm[],
  isOver: boolean,
): DrillVerdict {
  const [first = null] = alarms.toSorted((a, b) => a.startedMs - b.startedMs)
  if (first === null) return { state: isOver ? 'missed' : 'waiting', alarm: null, afterMinutes: null }
  const rang: Minute = minuteOf(first.startedMs)
  const afterMinutes = rang - minuteOf(stormMs)
  const state = afterMinutes < 0 ? 'early' : rang <= minuteOf(dueMs) ? 'in-time' : 'late'
  return { state, alarm: first, afterMinutes }
}

/** Whether a rule can ring for too many tickets: others rehearse nothing. */
export function isOfStorms({ kind }: { readonly kind: string }): boolean {
  return kind === 'above-usual' || kind === 'at-least'
}
