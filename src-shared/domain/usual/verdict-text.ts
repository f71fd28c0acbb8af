import type { UsualLearning, UsualVerdict } from '../../contract/alerts/usual.ts'
import { startOfMinute } from '../minute.ts'
import { bucketTotals, type Series } from '../series.ts'

/** What is said of now, in words. */
interface SaidVerdict {
  readonly learning: UsualLearning | null
  readonly verdict: UsualVerdict
  /** It is of other minutes than the number beside it, which is of as many. */
  readonly isOfOthers?: boolean
}

/**
 * `now 13 in 5 min, usual 0–2: high since 14:02`. `clock` says an instant (epoch ms) as a person reads it.
 */
export function verdictText(
  { learning, verdict, isOfOthers = false }: SaidVerdict,
  clock: (epochMs: number) => string,
): string {
  const { state, minutes, tickets, low, high, onsetMinute, rehearsed, stateWithoutRuns } = verdict
  if (state === 'unknown') return 'now is not known: the newest minutes were not fetched'
  const now = isOfOthers
    ? `${tickets} in the ${minutes} min up to ${clock(startOfMinute(verdict.endMinute))}`
    : `now ${tickets} in ${minutes} min`
  if (learning !== null || low === null || high === null) return `${now}, ${learningText(learning)}`
  const since = onsetMinute === null ? '' : ` since ${clock(startOfMinute(onsetMinute))}`
  const said = state === 'usual' ? '' : `: ${state}${since}`
  const runs = rehearsed === 0 ? '' : `, ${rehearsed} of the last hour made by runs`
  const without = rehearsed > 0 && stateWithoutRuns !== state ? `, without them ${stateWithoutRuns}` : ''
  return `${now}, usual ${rangeText(low, high)}${said}${runs}${without}`
}

/**
 * A verdict beside the number of a chart's whole span: of the same minutes both say the same number, which may have
 * changed since the verdict, and of other minutes, as many, that is said.
 */
export function besideChart(
  verdict: UsualVerdict,
  chart: Series | null,
): Pick<SaidVerdict, 'verdict' | 'isOfOthers'> {
  if (chart === null || chart.toMinute - chart.fromMinute !== verdict.minutes) return { verdict }
  if (chart.toMinute !== verdict.endMinute) return { verdict, isOfOthers: true }
  const tickets = bucketTotals(chart).reduce((sum, count) => sum + count, 0)
  return { verdict: { ...verdict, tickets } }
}

/** `0–2`, or `0` where both are the same. */
export function rangeText(low: number, high: number): string {
  const [from, to] = [low, high].map((count) => count.toLocaleString('en-GB'))
  return from === to ? `${from}` : `${from}–${to}`
}

/** `learning what is usual: 6 of 14 days, about 8 days to go`. */
export function learningText(learning: UsualLearning | null): string {
  if (learning === null) return 'learning what is usual'
  const { days, tickets, neededDays, neededTickets, daysLeft } = learning
  const known =
    days < neededDays ? `${Math.floor(days)} of ${neededDays} days` : `${tickets} of ${neededTickets} tickets`
  const left = daysLeft === null ? '' : `, about ${daysText(daysLeft)} to go`
  return `learning what is usual: ${known}${left}`
}

function daysText(days: number): string {
  const whole = Math.max(1, Math.ceil(days))
  return whole === 1 ? 'a day' : `${whole} days`
}

/** `Chance alone does this about once in 30 days.` Empty where nothing is unusual. */
export function chanceText({ state, onceInDays, smallestStorm }: UsualVerdict): string {
  const storm =
    smallestStorm === null
      ? ''
      : `The smallest storm that would be seen within 15 minutes now: ×${smallestStorm}.`
  if ((state !== 'high' && state !== 'unusual') || onceInDays === null) return storm
  const days = Math.floor(onceInDays)
  const often =
    days > 365 ? 'less than once a year' : days < 1 ? 'about once a day' : `about once in ${daysText(days)}`
  return `Chance alone does this ${often}. ${storm}`.trim()
}
