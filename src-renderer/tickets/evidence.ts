import type { CountsResult } from '../../src-shared/contract/tickets.ts'
import type { Gap, TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { MS_PER_MINUTE, startOfMinute } from '../../src-shared/domain/minute.ts'
import { startsOf } from '../../src-shared/domain/series.ts'
import type { DashboardState, LeftList, TicketList, UncountedTicket } from '../live/dashboard-state.ts'
import { listText, numberText, spanText, ticketsText, timeText } from '../live/text.ts'

/** What is known of a part of the span: see `evidenceText`. */
interface Evidence {
  /** Null where it is not known yet. */
  readonly total: number | null
  /** There may be more than `total`: not all of the part was fetched. */
  readonly gaps: readonly Gap[]
  /** All of it was not fetched. */
  readonly isUnknown: boolean
  /** None of it has begun. */
  readonly isFuture: boolean
  /** Of minutes from one on that Jira's index may still change; how many is null where bars are longer than those minutes. */
  readonly unsettled: { readonly fromMs: number; readonly tickets: number | null } | null
  readonly left: LeftList | null
}

type Known = Pick<DashboardState, 'counts' | 'gaps' | 'list' | 'left' | 'search' | 'nowMinute'>

/** What the counts, the gaps and the lists say of a part of the span. */
export function evidenceOf(known: Known, part: TimeSpan): Evidence {
  const { counts, gaps, list, left, search, nowMinute } = known
  const within = gaps
    .map((gap) => ({
      ...gap,
      fromMs: Math.max(gap.fromMs, part.fromMs),
      toMs: Math.min(gap.toMs, part.toMs),
    }))
    .filter(({ fromMs, toMs }) => fromMs < toMs)
  const unknownMs = within.reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0)
  const counted = counts === null ? null : countIn(counts, part)
  const total = search.trim() === '' ? counted : null
  return {
    total: total ?? (list === null || list.more ? null : list.tickets.length),
    gaps: within,
    isUnknown: unknownMs >= part.toMs - part.fromMs,
    isFuture: part.fromMs > startOfMinute(nowMinute),
    unsettled: counts === null || search.trim() !== '' ? null : unsettledIn(counts, part),
    left,
  }
}

/** The tickets of a part of the counts; null where it is no whole buckets of theirs. */
function countIn(counts: CountsResult, { fromMs, toMs }: TimeSpan): number | null {
  const edges = [...startsOf(counts), counts.toMinute]
  const [from, to] = [fromMs, toMs].map((ms) => edges.indexOf(ms / MS_PER_MINUTE))
  if (from === undefined || to === undefined || from === -1 || to === -1) return null
  return sumOf(counts.counts.map((line) => sumOf(line.slice(from, to))))
}

/** Null where all of them are settled. That there is none may change, too, where nothing else is there. */
function unsettledIn(counts: CountsResult, part: TimeSpan): Evidence['unsettled'] {
  const fromMs = Math.max(part.fromMs, startOfMinute(counts.provisionalFromMinute))
  if (fromMs >= part.toMs) return null
  const bar = startsOf(counts).findLast((start) => startOfMinute(start) <= fromMs) ?? counts.fromMinute
  const isNone = countIn(counts, { fromMs: startOfMinute(bar), toMs: part.toMs }) === 0
  if (isNone && countIn(counts, part) !== 0) return null
  const tickets = countIn(counts, { fromMs, toMs: part.toMs })
  return { fromMs, tickets }
}

function sumOf(line: readonly number[]): number {
  return line.reduce((a, b) => a + b, 0)
}

/** The count in words: `13 tickets`, `At least 3 tickets`, `Not fetched`. Empty while it is not known. */
export function totalText({ total, gaps, isUnknown, isFuture }: Evidence): string {
  if (isFuture && !total) return 'Still to come'
  if (isUnknown && !total)
    return `${gaps[0]?.isDeleted ? 'Deleted by retention' : 'Not fetched'}: how many tickets there are is not known`
  if (total === null) return ''
  if (total === 0) return gaps.length > 0 ? 'No tickets, as far as it was fetched' : 'No tickets'
  return gaps.length > 0 ? `At least ${ticketsText(total)}` : ticketsText(total)
}

/** What qualifies it: `2 not settled` (of long bars, and where there is none yet, `not settled since 14:02`), `1 lowered since, 1 deleted, 14:02–14:05 not fetched`. */
export function qualifiersText(evidence: Evidence, zone: string): string {
  const { unsettled, left, gaps, isUnknown, isFuture, total } = evidence
  const wordless = (isUnknown || isFuture) && !total
  const settled = unsettled === null || wordless ? [] : [unsettledText(unsettled, zone)]
  const missing = wordless
    ? []
    : gaps.map((gap) => `${spanText(gap, zone)} ${gap.isDeleted ? 'deleted by retention' : 'not fetched'}`)
  const few = missing.length > 2 ? [`${missing.length} parts of it not fetched`] : missing
  return [...settled, ...leftTexts(left), ...few].join(', ')
}

function unsettledText({ fromMs, tickets }: NonNullable<Evidence['unsettled']>, zone: string): string {
  return tickets ? `${numberText(tickets)} not settled` : `not settled since ${timeText(fromMs, zone)}`
}

const REASONS = {
  lowered: 'lowered since',
  moved: 'moved away',
  deleted: 'deleted',
  hidden: 'hidden',
} as const

function leftTexts(left: LeftList | null): string[] {
  if (left === null) return []
  if (left.more) return [removedText(left.tickets.length, true)]
  const counts = new Map<UncountedTicket['reason'], number>()
  for (const { reason } of left.tickets) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return (Object.keys(REASONS) as UncountedTicket['reason'][]).flatMap((reason) => {
    const count = counts.get(reason) ?? 0
    return count === 0 ? [] : [`${numberText(count)} ${REASONS[reason]}`]
  })
}

/** `2 no longer counted`. */
export function removedText(count: number, more: boolean): string {
  return `${numberText(count)}${more ? ' or more' : ''} no longer counted`
}

/** How many a search has found: `7 found`, `500 or more found`. */
export function foundText({ tickets, more }: Pick<TicketList, 'tickets' | 'more'>): string {
  return `${numberText(tickets.length)}${more ? ' or more' : ''} found`
}

/** Keys with the reason that they share: `2 not fetched yet (OPS-1, OPS-2)`; of many the first few. */
export function keysText(keys: readonly string[], most = 5): string {
  const more = keys.length - most
  return listText(more > 0 ? [...keys.slice(0, most), `${numberText(more)} more`] : keys)
}

/** Keys as they are pasted, one a line. */
export function savedKeys(tickets: readonly { readonly key: string }[]): string {
  return tickets.map(({ key }) => key).join('\n')
}
