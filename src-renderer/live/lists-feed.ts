import type { Client } from '../../src-shared/contract/client.ts'
import type { MinuteChange, TicketCursor } from '../../src-shared/contract/tickets.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { minuteOf, startOfMinute, type Minute } from '../../src-shared/domain/minute.ts'
import { toWireError } from '../../src-shared/errors/app-error.ts'
import type { StateStore } from '../state-store.ts'
import type { DashboardState, LeftList, ListedTicket, TicketList } from './dashboard-state.ts'
import { createRefresher } from './timers.ts'

/** Tickets of a page: more than anyone reads at once, and as many as one call gives. */
const PAGE = 500
/** Tickets that are copied or saved at once: what holds more is for a program. */
const MOST_AT_ONCE = 100_000
/** Between two readings while tickets stream in. */
const GAP_MS = 500

type Asked = Pick<DashboardState, 'span' | 'shown' | 'opened' | 'search'>

/** Whether what was asked for is still wanted. A span that moved on meanwhile is still the same one. */
function isSame(a: Asked, b: Asked): boolean {
  return a.span === b.span && a.opened === b.opened && a.search === b.search
}

/**
 * Keeps what stands next to the chart: the tickets, those no longer counted, and how many lie outside the span. Further
 * pages are read as the person comes to them, and stay; what changes is read anew, and not more than that.
 */
export function createListsFeed(client: Client, store: StateStore<DashboardState>) {
  /** The minutes that changed since they were read. */
  let changed = new Set<Minute>()
  /** What the list in the state answers. */
  let answered: Asked | null = null
  let lists = 0

  const refresher = createRefresher(async () => {
    const asked = store.get()
    if (asked.shown === null) return
    const isStill = (): boolean => isSame(asked, store.get())
    const span = asked.opened ?? asked.shown
    const { list: held } = asked
    const keeps = held !== null && answered !== null && isSame(asked, answered)
    const dirty = changed
    changed = new Set()
    if (!keeps) store.put({ listLoading: true })
    try {
      const { lookedBackMs } = asked
      const [outside, since, first, left] = await Promise.all([
        client.call('counts.outside', asked.shown),
        lookedBackMs === null ? null : client.call('counts.outside', { fromMs: 0, toMs: lookedBackMs }),
        readTickets(client, { ...span, ...searchOf(asked) }, { isWanted: isStill }),
        readLeft(client, span, keeps ? (asked.left?.tickets.length ?? 0) : 0),
      ])
      const older =
        keeps && held.tickets.length > PAGE ? await readOlder(held, first, dirty, asked, span) : null
      if (!isStill()) return
      answered = asked
      const id = keeps ? held.id : (lists += 1)
      store.put({
        outside,
        newSince: since?.after ?? null,
        left,
        list: { id, span, ...(older ?? first) },
        listLoading: false,
        listFailure: null,
      })
    } catch (error) {
      if (isStill()) fail(error, keeps)
    }
  }, GAP_MS)

  /** Behind the first page what was read stays, but for the minutes that changed since. */
  async function readOlder(
    held: TicketList,
    first: PageOf<ListedTicket>,
    dirty: ReadonlySet<Minute>,
    asked: Asked,
    span: TimeSpan,
  ): Promise<PageOf<ListedTicket>> {
    const edge = first.cursor
    if (edge === null) return first
    const end = held.cursor
    let older = held.tickets.filter((ticket) => isBehind(ticket, edge) && ticket.createdMs >= span.fromMs)
    const last = minuteOf(end?.atMs ?? span.fromMs)
    const among = [...dirty].filter((minute) => minute >= last && minute <= minuteOf(edge.atMs))
    if (among.length > 0) {
      const fromMs = startOfMinute(among.reduce((a, b) => Math.min(a, b)))
      const toMs = startOfMinute(among.reduce((a, b) => Math.max(a, b)) + 1)
      const all = await readTickets(client, { fromMs, toMs, ...searchOf(asked) }, { atLeast: Infinity })
      const isIn = (ticket: ListedTicket): boolean => ticket.createdMs >= fromMs && ticket.createdMs < toMs
      const anew = all.tickets.filter((ticket) => isBehind(ticket, edge) && !(end && isBehind(ticket, end)))
      older = [...older.filter((ticket) => !isIn(ticket)), ...anew].toSorted(newestFirst)
    }
    return { tickets: [...first.tickets, ...older], more: held.more, cursor: end }
  }

  function fail(error: unknown, keeps: boolean): void {
    const failure = toWireError(error)
    answered = null
    // What was read of the same span stays, unless it was dropped.
    const isGone = failure.code === 'tables-missing'
    store.put({
      listLoading: false,
      listFailure: failure,
      ...((!keeps || isGone) && { outside: null, list: null, left: null }),
    })
  }

  return {
    request: refresher.request,
    stop: refresher.stop,
    /** Minutes whose counts changed; null where everything may have. */
    noteChanges(changes: readonly MinuteChange[] | null): void {
      if (changes === null) answered = null
      for (const { minute } of changes ?? []) changed.add(minute)
      refresher.request()
    },
    /** Reads the next page of tickets, where there is one and none is on its way. */
    async more(): Promise<void> {
      const asked = store.get()
      const { list: held } = asked
      if (!held?.cursor || asked.listLoading) return
      store.put({ listLoading: true })
      const query = { ...held.span, cursor: held.cursor, ...searchOf(asked) }
      try {
        const page = await readTickets(client, query, { isWanted: () => isSame(asked, store.get()) })
        const { list } = store.get()
        const fits = list?.cursor && isSame(asked, store.get()) && samePlace(list.cursor, held.cursor)
        if (fits) store.put({ list: { ...list, ...page, tickets: [...list.tickets, ...page.tickets] } })
        if (isSame(asked, store.get())) store.put({ listLoading: false, listFailure: null })
      } catch (error) {
        if (isSame(asked, store.get())) store.put({ listLoading: false, listFailure: toWireError(error) })
      }
    },
    /** All that the list has or would have, page by page. At most `MOST_AT_ONCE`; throws as the core. */
    async all(): Promise<readonly ListedTicket[]> {
      const asked = store.get()
      const { list } = asked
      if (!list?.cursor) return list?.tickets ?? []
      const query = { ...list.span, cursor: list.cursor, ...searchOf(asked) }
      const rest = await readTickets(client, query, { atLeast: MOST_AT_ONCE - list.tickets.length })
      return [...list.tickets, ...rest.tickets]
    },
    /** The same for those that are no longer counted. */
    async moreLeft(): Promise<void> {
      const asked = store.get()
      const { left, list } = asked
      if (!left?.more || list === null) return
      const next = await readLeft(client, list.span, left.tickets.length + 1).catch(() => null)
      if (next !== null && isSame(asked, store.get())) store.put({ left: next })
    },
  }
}

export type ListsFeed = ReturnType<typeof createListsFeed>

interface PageOf<T> {
  readonly tickets: readonly T[]
  readonly more: boolean
  readonly cursor: TicketCursor | null
}

type TicketQuery = TimeSpan & { readonly search?: string; readonly cursor?: TicketCursor }

/** Page by page, until there are so many or no more: of a long span that is searched, a page may be empty. */
async function readTickets(
  client: Client,
  query: TicketQuery,
  { atLeast = 1, isWanted = () => true }: { readonly atLeast?: number; readonly isWanted?: () => boolean },
): Promise<PageOf<ListedTicket>> {
  const tickets: ListedTicket[] = []
  for (let { cursor } = query; ;) {
    const page = await client.call('tickets.list', { ...query, ...(cursor && { cursor }), limit: PAGE })
    tickets.push(...page.tickets)
    if (page.cursor === null || tickets.length >= atLeast || !isWanted()) return { ...page, tickets }
    cursor = page.cursor
  }
}

/** The last to leave: so many, in whole pages, and one page at least. */
async function readLeft(client: Client, span: TimeSpan, atLeast: number): Promise<LeftList> {
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

function searchOf({ search }: Asked): { search?: string } {
  const text = search.trim()
  return text === '' ? {} : { search: text }
}

function samePlace(a: TicketCursor, b: TicketCursor): boolean {
  return a.atMs === b.atMs && a.id === b.id
}

/** Whether it comes after a place in the list, which is the newest first, and of one moment by id. */
function isBehind({ createdMs, id }: ListedTicket, place: TicketCursor): boolean {
  return createdMs < place.atMs || (createdMs === place.atMs && id < place.id)
}

function newestFirst(a: ListedTicket, b: ListedTicket): number {
  return b.createdMs - a.createdMs || (a.id < b.id ? 1 : -1)
}
