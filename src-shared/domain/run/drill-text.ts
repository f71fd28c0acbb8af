import { minuteOf } from '../minute.ts'
import type { DrillTimes, DrillVerdict } from './drill.ts'

interface ToldDrill extends DrillTimes, DrillVerdict {
  /** The rules that were on when it began, by name. */
  readonly rules: readonly string[]
}

/** Writes an instant of the site (epoch ms) as a person reads it. */
type TimeWriter = (epochMs: number) => string

/** What is to come: `The storm begins at 14:10; a rule has to ring by 14:15 (above usual).` */
export function drillPlanText(
  { stormMs, dueMs, rules }: Omit<ToldDrill, keyof DrillVerdict>,
  time: TimeWriter,
): string {
  return `The storm begins at ${time(stormMs)}; a rule has to ring by ${time(dueMs)} (${rules.join(', ')}).`
}

/** How a drill went, in one or two sentences. */
export function drillText(drill: ToldDrill, time: TimeWriter): string {
  const { state, alarm, afterMinutes, stormMs, dueMs, rules } = drill
  if (alarm === null || afterMinutes === null) {
    if (state === 'waiting') return drillPlanText(drill, time)
    const within = minuteOf(dueMs) - minuteOf(stormMs)
    return `No alarm came by ${time(dueMs)}, ${within} min after the storm began. Rules that were on: ${rules.join(', ')}.`
  }
  const rang = `“${alarm.rule}” rang at ${time(alarm.startedMs)}`
  if (state === 'early')
    return `${rang}, ${-afterMinutes} min before the storm: what came before it was enough. Fewer tickets in all, or more of them in the storm, may leave the time before it as usual.`
  const after =
    afterMinutes === 0
      ? `${rang}, when the storm began`
      : `${rang}, ${afterMinutes} min after the storm began`
  if (state === 'in-time') return `${after}: in time.`
  return `${after}: ${minuteOf(alarm.startedMs) - minuteOf(dueMs)} min too late.`
}
