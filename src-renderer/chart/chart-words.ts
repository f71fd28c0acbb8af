import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { DistributionBar } from '../../src-shared/domain/poisson.ts'
import { timeWords } from '../live/time-words.ts'
import { binTimeWords, binWords, ticketsWords } from './bin-words.ts'
import type { ChartModel } from './chart-model.ts'
import { dispersionWords } from './dispersion.ts'

/** The whole chart in a sentence, for who does not see it. */
export function chartWords(model: ChartModel): string {
  const first = model.bins[0]
  const last = model.bins.at(-1)
  if (first === undefined || last === undefined) return 'An empty chart'
  const from = timeWords(startOfMinute(first.startMinute), model.zone)
  const to = timeWords(startOfMinute(last.startMinute + last.minutes), model.zone)
  if (model.view === 'distribution') {
    return `Distribution of tickets over ${model.finished.length} minutes from ${from}. ${dispersionWords(model.finished)}`
  }
  const total = model.bins.reduce((sum, bin) => sum + bin.total, 0)
  const fullest = model.bins.reduce((most, bin) => (bin.total > most.total ? bin : most), first)
  const peak = fullest.total > 0 ? `, most at ${binTimeWords(fullest, model.zone)}: ${fullest.total}` : ''
  const kind = model.view === 'bar' ? 'Tickets a minute' : `Tickets in ${first.minutes} minutes`
  return `${kind} from ${from} to ${to}: ${ticketsWords(total)}${peak}`
}

/** One bar in a sentence; nothing where there is no such bar. */
export function slotWords(model: ChartModel, slot: number): string {
  if (model.view === 'distribution') {
    const bar = model.distribution[slot]
    return bar ? distributionBarWords(bar, model.slots) : ''
  }
  const bin = model.bins[slot]
  return bin ? binWords(bin, model.priorities, model.zone) : ''
}

function distributionBarWords({ tickets, observed, expected }: DistributionBar, slots: number): string {
  const count = tickets === slots - 1 ? `${tickets} or more tickets` : ticketsWords(tickets)
  return `${observed} ${observed === 1 ? 'minute' : 'minutes'} with ${count}, chance expects ${expected.toFixed(1)}`
}
