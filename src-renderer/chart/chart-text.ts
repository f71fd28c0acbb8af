import type { TimeMark } from '../../src-shared/contract/marks.ts'
import { markText } from '../../src-shared/domain/time-marks.ts'
import type { BarRange } from './brush/cursor.ts'
import { intervalText } from '../../src-shared/domain/interval.ts'
import type { DistributionBar } from '../../src-shared/domain/series.ts'
import { countText, notFetchedText, ticketsText, timesText } from '../live/text.ts'
import {
  binTicketsText,
  binTimeText,
  fullestBin,
  marksOfBars,
  spanOfModel,
  stateText,
  totalsOf,
  type Bin,
  type ChartModel,
} from './chart-model.ts'
import { thenPart } from '../../src-shared/domain/compare/compared-bars.ts'
import { stackedIn, stackOf } from './stack.ts'
import { dispersionText } from './dispersion.ts'
import { usualText } from '../../src-shared/domain/layers/usual-bars.ts'

/** A bar as a screen reader says it: `14:37, 4 tickets: 1 Highest, 3 High, not settled yet`. */
export function binText(bin: Bin, model: Pick<ChartModel, 'bins' | 'zone' | 'priorities' | 'split'>): string {
  const stack = stackOf(model)
  const parts = stackedIn(bin).flatMap((count, p) =>
    count === 0 ? [] : [`${count} ${stack[p]?.name ?? ''}`],
  )
  const counts = binTicketsText(bin) + (parts.length === 0 ? '' : `: ${parts.join(', ')}`)
  return [binTimeText(bin, model), counts, stateText(bin.state)].filter((part) => part !== '').join(', ')
}

/** `per minute`, `per 5 min`: what a bar counts, and what its axis is called. */
export function perText({ barMinutes }: Pick<ChartModel, 'barMinutes'>): string {
  return `per ${{ 1: 'minute', 60: 'hour', 1_440: 'day' }[barMinutes] ?? intervalText(barMinutes)}`
}

/** The whole chart in a sentence, for who does not see it. */
export function chartText(model: ChartModel): string {
  if (model.bins.length === 0) return 'An empty chart'
  const span = spanOfModel(model)
  const times = timesText(span, model.zone, span.toMs)
  if (model.view === 'distribution') {
    return `Distribution of tickets over ${model.finished.length} minutes, ${times}. ${dispersionText(totalsOf(model.finished))}`
  }
  const total = model.bins.reduce((sum, bin) => sum + bin.total, 0)
  const fullest = fullestBin(model.bins)
  const peak = fullest === null ? '' : `, most at ${binTimeText(fullest, model)}: ${fullest.total}`
  const gaps = notFetchedText(model.gaps, span, model.zone)
  const known = gaps === '' ? ticketsText(total) : `at least ${ticketsText(total)}`
  const marks = model.marks.length === 0 ? '' : countText(model.marks.length, 'mark')
  return [`Tickets ${perText(model)}, ${times}: ${known}${peak}`, gaps, marks]
    .filter((part) => part !== '')
    .join(', ')
}

/** The marks of some bars. */
export function marksIn(model: ChartModel, { first, last }: BarRange): readonly TimeMark[] {
  const { marks, view } = model
  return marks.length === 0 || view === 'distribution'
    ? []
    : marksOfBars(model)
        .slice(first, last + 1)
        .flat()
}

/** `marked: deploy 5.17, incident: database full`; nothing where there is none. */
export function markedText(marks: readonly TimeMark[]): string {
  if (marks.length === 0) return ''
  const said = marks.slice(0, MAX_SAID).map(markText).join(', ')
  return `marked: ${said}${marks.length > MAX_SAID ? ` and ${marks.length - MAX_SAID} more` : ''}`
}

const MAX_SAID = 3

/** One bar in a sentence; nothing where there is no such bar. */
export function slotText(model: ChartModel, slot: number): string {
  if (model.view === 'distribution') {
    const bar = model.distribution[slot]
    return bar ? distributionBarText(bar, model.slots) : ''
  }
  const bin = model.bins[slot]
  if (bin === undefined) return ''
  const planned = model.planned?.[slot] ?? 0
  const others = [
    planned === 0 ? '' : `${planned} planned`,
    usualText(bin, model.usual?.[slot]),
    thenPart(model.compared?.[slot] ?? null),
    markedText(marksIn(model, { first: slot, last: slot })),
  ]
  return [binText(bin, model), ...others].filter((part) => part !== '').join(', ')
}

function distributionBarText({ tickets, observed, expected }: DistributionBar, slots: number): string {
  const count = tickets === slots - 1 ? `${tickets} or more tickets` : ticketsText(tickets)
  return `${observed} ${observed === 1 ? 'minute' : 'minutes'} with ${count}, chance expects ${expected.toFixed(1)}`
}
