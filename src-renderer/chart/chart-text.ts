import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { DistributionBar } from '../../src-shared/domain/poisson.ts'
import type { Priority } from '../../src-shared/domain/ticket.ts'
import type { Span } from '../live/hour.ts'
import { spanText, ticketsText, timeText } from '../live/text.ts'
import type { Bin, BinState, ChartModel } from './chart-model.ts'

/** From here on chance alone makes such a spread in 1 of 20 hours. */
const SIGNIFICANT = 1.96
const MIN_MINUTES_JUDGED = 10
const MIN_TICKETS_JUDGED = 10

/** `High or Highest`, `P2, P1 or P0`: any of them. */
export function eitherText(priorities: readonly Priority[]): string {
  const names = priorities.map(({ name }) => name)
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' or ')
}

/** The time of a bar in epoch ms. */
export function binSpan(bin: Bin): Span {
  return { fromMs: startOfMinute(bin.startMinute), toMs: startOfMinute(bin.startMinute + bin.minutes) }
}

/** `14:37` for a minute, `14:30–14:40` for more. */
export function binTimeText(bin: Bin, zone: string): string {
  const span = binSpan(bin)
  return bin.minutes === 1 ? timeText(span.fromMs, zone) : spanText(span, zone)
}

/** What a bar's colour says of its state, or nothing where it is settled. */
export function stateText(state: BinState): string {
  return { settled: '', unsettled: 'not settled yet', unfinished: 'not over yet', future: 'still to come' }[
    state
  ]
}

/** A bar as a screen reader says it: `14:37, 4 tickets: 1 Highest, 3 High, not settled yet`. */
export function binText(bin: Bin, priorities: readonly Priority[], zone: string): string {
  const parts = bin.byPriority.flatMap((count, p) =>
    count === 0 ? [] : [`${count} ${priorities[p]?.name ?? ''}`],
  )
  const counts = ticketsText(bin.total) + (parts.length === 0 ? '' : `: ${parts.join(', ')}`)
  return [binTimeText(bin, zone), counts, stateText(bin.state)].filter((part) => part !== '').join(', ')
}

/** The whole chart in a sentence, for who does not see it. */
export function chartText(model: ChartModel): string {
  const first = model.bins[0]
  const last = model.bins.at(-1)
  if (first === undefined || last === undefined) return 'An empty chart'
  const from = timeText(startOfMinute(first.startMinute), model.zone)
  const to = timeText(startOfMinute(last.startMinute + last.minutes), model.zone)
  if (model.view === 'distribution') {
    return `Distribution of tickets over ${model.finished.length} minutes from ${from}. ${dispersionText(model.finished)}`
  }
  const total = model.bins.reduce((sum, bin) => sum + bin.total, 0)
  const fullest = model.bins.reduce((most, bin) => (bin.total > most.total ? bin : most), first)
  const peak = fullest.total > 0 ? `, most at ${binTimeText(fullest, model.zone)}: ${fullest.total}` : ''
  const kind = model.view === 'bar' ? 'Tickets a minute' : `Tickets in ${first.minutes} minutes`
  return `${kind} from ${from} to ${to}: ${ticketsText(total)}${peak}`
}

/** One bar in a sentence; nothing where there is no such bar. */
export function slotText(model: ChartModel, slot: number): string {
  if (model.view === 'distribution') {
    const bar = model.distribution[slot]
    return bar ? distributionBarText(bar, model.slots) : ''
  }
  const bin = model.bins[slot]
  return bin ? binText(bin, model.priorities, model.zone) : ''
}

function distributionBarText({ tickets, observed, expected }: DistributionBar, slots: number): string {
  const count = tickets === slots - 1 ? `${tickets} or more tickets` : ticketsText(tickets)
  return `${observed} ${observed === 1 ? 'minute' : 'minutes'} with ${count}, chance expects ${expected.toFixed(1)}`
}

/**
 * The index of dispersion: the variance of the minutes over their mean, 1 for a Poisson process. Null where the
 * minutes or the tickets are too few to say anything.
 */
export function dispersion(perMinute: readonly number[]): number | null {
  const minutes = perMinute.length
  const total = perMinute.reduce((a, b) => a + b, 0)
  if (minutes < MIN_MINUTES_JUDGED || total < MIN_TICKETS_JUDGED) return null
  const mean = total / minutes
  const squares = perMinute.reduce((sum, n) => sum + (n - mean) ** 2, 0)
  return squares / (minutes - 1) / mean
}

/** Whether the tickets came more in bursts than chance explains, as a sentence. */
export function dispersionText(perMinute: readonly number[]): string {
  const index = dispersion(perMinute)
  if (index === null) return 'Too few tickets to tell a pattern from chance.'
  // (n − 1) · index is chi-squared with n − 1 degrees of freedom, hence close to normal with this deviation.
  const deviation = (index - 1) * Math.sqrt((perMinute.length - 1) / 2)
  const figures = `variance/mean ${index.toFixed(1)}, chance alone gives 1.0.`
  if (deviation > SIGNIFICANT) return `More bursty than chance: ${figures}`
  if (deviation < -SIGNIFICANT) return `More regular than chance: ${figures}`
  return `What chance would do: ${figures}`
}
