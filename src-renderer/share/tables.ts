import { barsCsv as csvOfBars, csvText } from '../../src-shared/domain/csv.ts'
import { isoInstant } from '../../src-shared/domain/minute.ts'
import { wallClock } from '../../src-shared/domain/zone-time.ts'
import { binSpan, marksOfBars, stateText, type Bin, type ChartModel } from '../chart/chart-model.ts'
import { stackedIn, stackOf } from '../chart/stack.ts'
import { isUnusual } from '../../src-shared/domain/layers/usual-bars.ts'
import type { ListedTicket } from '../live/dashboard-state.ts'

/** The bars of a chart as CSV. Of a bar that was not fetched whole the counts are empty. */
export function barsCsv(model: ChartModel): string {
  const { bins, compared, zone } = model
  const marks = marksOfBars(model)
  const rows = bins.map((bin, at) => ({
    ...binSpan(bin),
    counts: stackedIn(bin),
    total: bin.total,
    counted: bin.state !== 'unknown' && bin.state !== 'future',
    atLeast: bin.state === 'unknown' ? bin.total : null,
    state: stateText(bin.state) || 'settled',
    compared: compared?.[at],
    usual: usualColumns(bin, model.usual, at),
    marks: marks[at],
  }))
  return csvOfBars(rows, { names: stackOf(model).map(({ name }) => name), zone })
}

/** What is usual in a bar, as CSV has it. */
function usualColumns(bin: Bin, usual: ChartModel['usual'], at: number) {
  if (usual === null) return undefined
  const bar = usual[at]
  return bar ? { low: bar.low, high: bar.high, verdict: isUnusual(bin, bar) ? 'unusual' : 'usual' } : null
}

/** The distribution as CSV: how many minutes had so many tickets, and how many chance expects. */
export function distributionCsv({ distribution, finished }: ChartModel): string {
  const head = ['tickets in a minute', `minutes of ${finished.length}`, 'expected by chance']
  const last = distribution.length - 1
  return csvText([
    head,
    ...distribution.map(({ tickets, observed, expected }, at) => [
      at === last ? `${tickets} or more` : String(tickets),
      String(observed),
      expected.toFixed(2),
    ]),
  ])
}

const TEXTS = ['id', 'key', 'projectKey', 'title', 'priorityId', 'priorityName', 'status'] as const

/** Tickets as CSV with the columns of `jira-tpm export`, and when each was created on the wall clock of the zone. */
export function ticketsCsv(tickets: readonly ListedTicket[], zone: string): string {
  const rows = tickets.map((ticket) => [
    ...TEXTS.map((field) => ticket[field]),
    isoInstant(ticket.createdMs),
    isoInstant(ticket.updatedMs),
    wallClock(ticket.createdMs, zone),
  ])
  return csvText([[...TEXTS, 'created', 'updated', `created in ${zone}`], ...rows])
}
