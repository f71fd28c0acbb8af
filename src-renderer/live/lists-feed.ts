import type { Client } from '../../src-shared/contract/client.ts'
import type { MinuteChange } from '../../src-shared/contract/tickets.ts'
import type { TimeSpan } from '../../src-shared/domain/known-spans.ts'
import { minuteOf, MS_PER_MINUTE, startOfMinute, type Minute } from '../../src-shared/domain/minute.ts'
import { bucketTotals } from '../../src-shared/domain/series.ts'
import { isEverything } from '../../src-shared/domain/ticket-filter.ts'
import { toWireError } from '../../src-shared/errors/app-error.ts'
import type { StateStore } from '../state-store.ts'
import { filterParams, type DashboardState } from './dashboard-state.ts'
import {
  MOST_AT_ONCE,
  isSameList,
  isSamePlace,
  PAGE,
  readLeft,
  readTickets,
  searchOf,
  withOlder,
  type AskedList,
  type TakenTickets,
} from './list-pages.ts'
import { createRefresher } from './timers.ts'

/** Between two readings while tickets stream in. */
const GAP_MS = 500

type Store = StateStore<DashboardState>

/**
 * Keeps what stands next to the chart: the tickets, those no longer counted, and how many lie outside the span. Further
 * pages are read as the person comes to them, and stay; what changes is read anew, and not more than that.
 */
export function createListsFeed(client: Client, store: Store) {
  /** The minutes that changed since they were read. */
  let changed = new Set<Minute>()
  /** What the list in the state answers; null where it says nothing any more. */
  let answered: AskedList | null = null
  let lists = 0

  const refresher = createRefresher(async () => {
    const asked = store.get()
    if (asked.shown === null) return
    const isStill = (): boolean => isSameList(asked, store.get())
    const held = answered !== null && isSameList(asked, answered) ? asked.list : null
    const span = asked.opened ?? asked.shown
    const query = { ...span, ...searchOf(asked) }
    const leftHeld = held === null ? 0 : (asked.left?.tickets.length ?? 0)
    const since = changed
    changed = new Set()
    if (held === null) store.put({ listLoading: true })
    try {
      const [outside, newSince, first, left] = await Promise.all([
        client.call('counts.outside', asked.shown),
        readNewSince(client, asked),
        readTickets(client, query, { isWanted: isStill }),
        readLeft(client, { ...span, ...filterParams(asked) }, leftHeld),
      ])
      const read =
        held && held.tickets.length > PAGE
          ? await withOlder(client, held, first, { ...query, changed: since })
          : first
      if (!isStill()) return
      answered = asked
      const id = held?.id ?? (lists += 1)
      store.put({
        outside,
        newSince,
        left,
        list: { id, span, ...read },
        listLoading: false,
        listFailure: null,
      })
    } catch (error) {
      // Which minutes changed meanwhile is not known any more.
      answered = null
      if (isStill()) store.put(failed(error, held !== null))
    }
  }, GAP_MS)

  return {
    request: (urgent?: boolean): void => refresher.request(urgent),
    stop: (): void => refresher.stop(),
    /** Minutes whose counts changed; null where everything may have. */
    noteChanges(changes: readonly MinuteChange[] | null): void {
      if (changes === null) answered = null
      for (const { minute } of changes ?? []) changed.add(minute)
      refresher.request()
    },
    byPerson: orders(client, store, () => refresher.request(true)),
  }
}

export type ListsFeed = ReturnType<typeof createListsFeed>

/** What a person asks of the lists. */
function orders(client: Client, store: Store, refresh: () => void) {
  return {
    /** Lists the tickets of a part of the span, or of all of it (null). */
    open(span: TimeSpan | null): void {
      store.put({ opened: span })
      refresh()
    },
    /** Lists those of them alone whose title or key holds a text; all again with an empty one. */
    search(text: string): void {
      store.put({ search: text })
      refresh()
    },
    /** Reads the next page of tickets, where there is one and none is on its way. */
    moreTickets: (): Promise<void> => readMore(client, store),
    /** The same for those that are no longer counted. */
    async moreLeft(): Promise<void> {
      const asked = store.get()
      const { left, list } = asked
      if (!left?.more || list === null) return
      const query = { ...list.span, ...filterParams(asked) }
      const next = await readLeft(client, query, left.tickets.length + 1).catch(() => null)
      if (next !== null && isSameList(asked, store.get())) store.put({ left: next })
    },
    /** All that the list has or would have, as far as can be copied or saved at once. Throws as the core. */
    async allTickets(): Promise<TakenTickets> {
      const asked = store.get()
      const { list } = asked
      if (!list?.cursor) return { tickets: list?.tickets ?? [], more: false }
      const query = { ...list.span, cursor: list.cursor, ...searchOf(asked) }
      const { tickets, more } = await readTickets(client, query, {
        atLeast: MOST_AT_ONCE - list.tickets.length,
      })
      return { tickets: [...list.tickets, ...tickets], more }
    },
  }
}

/** What was read of the same span stays, unless it was dropped. */
function failed(error: unknown, keeps: boolean): Partial<DashboardState> {
  const listFailure = toWireError(error)
  const none = { outside: null, list: null, left: null }
  return { listLoading: false, listFailure, ...((!keeps || listFailure.code === 'tables-missing') && none) }
}

async function readMore(client: Client, store: Store): Promise<void> {
  const asked = store.get()
  const { list: held } = asked
  if (!held?.cursor || asked.listLoading) return
  const isStill = (): boolean => isSameList(asked, store.get())
  store.put({ listLoading: true })
  const query = { ...held.span, cursor: held.cursor, ...searchOf(asked) }
  try {
    const page = await readTickets(client, query, { isWanted: isStill })
    const { list } = store.get()
    if (!isStill()) return
    // Where it was read anew meanwhile, this page may be no longer the next.
    const fits = list !== null && list.id === held.id && isSamePlace(list.cursor, held.cursor)
    const next = fits ? { list: { ...list, ...page, tickets: [...list.tickets, ...page.tickets] } } : {}
    store.put({ ...next, listLoading: false, listFailure: null })
  } catch (error) {
    if (isStill()) store.put({ listLoading: false, listFailure: toWireError(error) })
  }
}

/** Tickets that came since the person looks back; null while they do not. */
async function readNewSince(client: Client, asked: DashboardState): Promise<number | null> {
  const { lookedBackMs, nowMinute, filter } = asked
  if (lookedBackMs === null) return null
  if (isEverything(filter))
    return (await client.call('counts.outside', { fromMs: 0, toMs: lookedBackMs })).after
  const fromMs = startOfMinute(minuteOf(lookedBackMs) + 1)
  const toMs = Math.max(fromMs, startOfMinute(nowMinute + 1)) + MS_PER_MINUTE
  const counts = await client.call('counts.get', { fromMs, toMs, filter })
  return bucketTotals(counts).reduce((sum, total) => sum + total, 0)
}
