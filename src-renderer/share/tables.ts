import { csvText } from '../../src-shared/domain/csv.ts'
import { isoInstant } from '../../src-shared/domain/minute.ts'
import { binSpan, stateText, type ChartModel } from '../chart/chart-model.ts'
import type { ListedTicket } from '../live/dashboard-state.ts'
import { dateOf } from '../live/calendar.ts'
import { timeText } from '../live/text.ts'

/**
 * The bars of a chart as CSV, with their times in UTC and on the wall clock of the zone, which the column names. Of a bar
 * that was not fetched whole the counts are empty, and `at least` has what is stored of it.
 */
export function barsCsv({ bins, priorities, zone }: ChartModel): string {
  const names = priorities.map(({ name }) => name)
  const head = ['from', 'to', `from in ${zone}`, ...names, 'tickets', 'at least', 'state']
  const rows = bins.map((bin) => {
    const { fromMs, toMs } = binSpan(bin)
    const isCounted = bin.state !== 'unknown' && bin.state !== 'future'
    const text = (count: number): string => (isCounted ? String(count) : '')
    return [
      isoInstant(fromMs),
      isoInstant(toMs),
      wallText(fromMs, zone),
      ...bin.byPriority.map(text),
      text(bin.total),
      bin.state === 'unknown' ? String(bin.total) : '',
      stateText(bin.state) || 'settled',
    ]
  })
  return csvText([head, ...rows])
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
    wallText(ticket.createdMs, zone),
  ])
  return csvText([[...TEXTS, 'created', 'updated', `created in ${zone}`], ...rows])
}

/** `2026-11-24 14:30`. */
function wallText(epochMs: number, zone: string): string {
  return `${dateOf(epochMs, zone)} ${timeText(epochMs, zone)}`
}
