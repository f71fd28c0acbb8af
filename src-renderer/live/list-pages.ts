import type { Client } from '../../src-shared/contract/client.ts'
import type { TicketFilter } from '../../src-shared/contract/fields.ts'
import type { TicketCursor } from '../../src-shared/contract/tickets.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { minuteOf, startOfMinute, type Minute } from '../../src-shared/domain/minute.ts'
import {
  filterParams,
  type DashboardState,
  type LeftList,
  type ListedTicket,
  type TicketList,
} from './dashboard-state.ts'

/** Tickets of a page: more than anyone reads at once, and as many as one call gives. */
export const PAGE = 500

/** Tickets that are copied or saved at once, or a page more: what holds them all is for a program. */
export const MOST_AT_ONCE = 100_000

/** The newest tickets, as many as can be copied or saved at once, and whether there are more. */
export type TakenTickets = Pick<TicketsRead, 'tickets' | 'more'>

/** What of a span was not copied or saved, and how to get it; empty where it was all of it. */
export function moreText({ more }: Pick<TakenTickets, 'more'>): string {
  return more ? ', the newest of the span: take a shorter one for the others, or jira-tpm export for all' : ''
}

/** What a list answers. */
export type AskedList = Pick<DashboardState, 'span' | 'shown' | 'opened' | 'search' | 'filter'>

/** Whether what was asked for is still wanted. A span that moved on meanwhile is still the same one. */
export function isSameList(a: AskedList, b: AskedList): boolean {
  const [one, other] = [a, b].map(({ span, opened, search, filter }) =>
    JSON.stringify([span.from, span.to, opened?.fromMs, opened?.toMs, search.trim(), filter]),
  )
  return one === other
}

interface TicketsRead {
  readonly tickets: readonly ListedTicket[]
  readonly more: boolean
  readonly cursor: TicketCursor | null
}

type TicketQuery = TimeSpan & Wanted & { readonly cursor?: TicketCursor }

/** Page by page, until there are so many or no more: of a long span that is searched, a page may be empty. */
export async function readTickets(
  client: Client,
  query: TicketQuery,
  { atLeast = 1, isWanted = () => true }: { readonly atLeast?: number; readonly isWanted?: () => boolean },
): Promise<TicketsRead> {
  const tickets: ListedTicket[] = []
  for (let { cursor } = query; ;) {
    const page = await client.call('tickets.list', { ...query, ...(cursor && { cursor }), limit: PAGE })
    tickets.push(...page.tickets)
    if (page.cursor === null || tickets.length >= atLeast || !isWanted()) return { ...page, tickets }
    cursor = page.cursor
  }
}

/** The last to leave: so many, in whole pages, and one page at least. */
export async function readLeft(
  client: Client,
  span: TimeSpan & Pick<Wanted, 'filter'>,
  atLeast: number,
): Promise<LeftList> {
  const tickets: LeftList['tickets'][number][] = []
  for (let cursor: TicketCursor | null = null; ;) {
    const page: LeftList & { cursor: TicketCursor | null } = await client.call('tickets.left', {
      ...span,
      limit: PAGE,
      ...(cursor && { cursor }),
    })
    tickets.push(...page.tickets)
    if (page.cursor === null || tickets.length >= atLeast) return { tickets, more: page.more }
    cursor = page.cursor
  }
}

/**
 * A list whose first page was read anew: behind it what was read stays, but for the minutes that changed since, which are
 * read again.
 */
export async function withOlder(
  client: Client,
  held: TicketList,
  first: TicketsRead,
  asked: TimeSpan & Wanted & { readonly changed: ReadonlySet<Minute> },
): Promise<TicketsRead> {
  const { changed, ...query } = asked
  const { cursor: end, more } = held
  const edge = first.cursor
  if (edge === null) return first
  let older = held.tickets.filter((ticket) => isBehind(ticket, edge) && ticket.createdMs >= query.fromMs)
  const last = minuteOf(end?.atMs ?? query.fromMs)
  const among = [...changed].filter((minute) => minute >= last && minute <= minuteOf(edge.atMs))
  if (among.length > 0) {
    const fromMs = startOfMinute(among.reduce((a, b) => Math.min(a, b)))
    const toMs = startOfMinute(among.reduce((a, b) => Math.max(a, b)) + 1)
    const all = await readTickets(client, { ...query, fromMs, toMs }, { atLeast: Infinity })
    const isIn = ({ createdMs }: ListedTicket): boolean => createdMs >= fromMs && createdMs < toMs
    const anew = all.tickets.filter((ticket) => isBehind(ticket, edge) && !(end && isBehind(ticket, end)))
    older = [...older.filter((ticket) => !isIn(ticket)), ...anew].toSorted(newestFirst)
  }
  return { tickets: [...first.tickets, ...older], more, cursor: end }
}

interface Wanted {
  readonly search?: string
  readonly filter?: TicketFilter
}

/** What a call for a list has beside its span. */
export function searchOf({ search, filter }: AskedList): Wanted {
  const text = search.trim()
  return { ...(text !== '' && { search: text }), ...filterParams({ filter }) }
}

export function isSamePlace(a: TicketCursor | null, b: TicketCursor | null): boolean {
  return a?.atMs === b?.atMs && a?.id === b?.id
}

/** Whether it comes after a place in the list, which is the newest first, and of one moment by id. */
function isBehind({ createdMs, id }: ListedTicket, place: TicketCursor): boolean {
  return createdMs < place.atMs || (createdMs === place.atMs && id < place.id)
}

function newestFirst(a: ListedTicket, b: ListedTicket): number {
  return b.createdMs - a.createdMs || (a.id < b.id ? 1 : -1)
}
