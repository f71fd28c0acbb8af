import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Client } from '../../src-shared/contract/client.ts'
import type { Params, Result } from '../../src-shared/contract/methods.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { left } from '../../test-support/renderer/live/dashboard.ts'
import { createStateStore, type StateStore } from '../state-store.ts'
import { emptyDashboard, type DashboardState, type ListedTicket } from './dashboard-state.ts'
import { moreText } from './list-pages.ts'
import { createListsFeed } from './lists-feed.ts'

const MINUTE = 60_000
const shown = { fromMs: 0, toMs: 60 * MINUTE }

/** A store's tickets, as the core lists them: pages by cursor, the newest first. */
let stored: ListedTicket[]
let calls: string[]
let fails: boolean
let store: StateStore<DashboardState>
let feed: ReturnType<typeof createListsFeed>

beforeEach(() => {
  vi.useFakeTimers()
  stored = Array.from({ length: 1_200 }, (_, n) => ticket(n, (n * 3_000) % (60 * MINUTE)))
  calls = []
  fails = false
  store = createStateStore<DashboardState>({ ...emptyDashboard, shown })
  feed = createListsFeed({ call, on: () => () => {} } as unknown as Client, store)
})
afterEach(() => {
  feed.stop()
  vi.useRealTimers()
})

function ticket(n: number, createdMs: number, status = 'Open'): ListedTicket {
  return { ...left, id: String(n).padStart(6, '0'), key: `OPS-${n}`, title: `Ticket ${n}`, status, createdMs }
}

async function call(method: string, asked: never): Promise<unknown> {
  calls.push(method)
  if (fails) throw new AppError('store-unavailable', 'It does not answer.')
  if (method === 'tickets.list') return answer(asked)
  if (method === 'tickets.left') return { tickets: [], more: false, cursor: null }
  return { before: 0, after: 0, lastBeforeMs: null, firstAfterMs: null }
}

function answer(asked: Params<'tickets.list'>): Result<'tickets.list'> {
  if (!('fromMs' in asked)) throw new Error('a window asks for instants')
  const { fromMs, toMs, cursor, limit, search } = asked
  const found = newestFirst()
    .filter(({ createdMs }) => createdMs >= fromMs && createdMs < toMs)
    .filter(({ title }) => search === undefined || title.includes(search))
    .filter(
      ({ createdMs, id }) =>
        !cursor || createdMs < cursor.atMs || (createdMs === cursor.atMs && id < cursor.id),
    )
  const tickets = found.slice(0, limit)
  const last = tickets.at(-1)
  const more = found.length > limit
  return { tickets: [...tickets], more, cursor: more && last ? { atMs: last.createdMs, id: last.id } : null }
}

const newestFirst = (): ListedTicket[] =>
  stored.toSorted((a, b) => b.createdMs - a.createdMs || (a.id < b.id ? 1 : -1))
const ids = (tickets: readonly ListedTicket[] = []): string[] => tickets.map(({ id }) => id)
const listed = (): string[] => ids(store.get().list?.tickets)
const all = (): string[] => ids(newestFirst())

async function read(): Promise<void> {
  feed.request(true)
  await vi.advanceTimersByTimeAsync(1_000)
}

async function readAll(): Promise<void> {
  await read()
  while (store.get().list?.more) await feed.byPerson.moreTickets()
}

test('one page is read at first, each further one as it is asked for, until all are there', async () => {
  await read()
  expect(listed()).toEqual(all().slice(0, 500))
  expect(store.get().list?.more).toBe(true)
  await Promise.all([feed.byPerson.moreTickets(), feed.byPerson.moreTickets()]) // one is on its way: the second asks for nothing
  expect(listed()).toEqual(all().slice(0, 1_000))
  await feed.byPerson.moreTickets()
  await feed.byPerson.moreTickets()
  expect(listed()).toEqual(all())
  expect(calls.filter((method) => method === 'tickets.list')).toHaveLength(3)
})

test('what comes, changes and goes while pages are held is shown, and no ticket is there twice', async () => {
  await readAll()
  stored.push(ticket(5_000, 59 * MINUTE + 1), ticket(5_001, 3 * MINUTE + 1))
  stored = stored.filter(({ id }) => id !== '000050')
  const gone = Math.floor((50 * 3_000) / MINUTE)
  feed.noteChanges([59, 3, gone].map((minute) => ({ minute, priorityId: '1', count: 1 })))
  await vi.advanceTimersByTimeAsync(2_000)
  expect(listed()).toEqual(all())
  // Of the older pages only the minutes that changed were read.
  expect(calls.filter((method) => method === 'tickets.list')).toHaveLength(5)
})

test('pages that were read stay while a span moves on, less what it has left behind', async () => {
  await readAll()
  store.put({ shown: { fromMs: MINUTE, toMs: 61 * MINUTE } })
  stored.push(ticket(6_000, 60 * MINUTE + 5))
  feed.request()
  await vi.advanceTimersByTimeAsync(2_000)
  const expected = newestFirst().filter(({ createdMs }) => createdMs >= MINUTE)
  expect(listed()).toEqual(ids(expected))
  expect(store.get().list?.more).toBe(false)
})

test('another bar or another text begins another list; a page of the former one that comes late is dropped', async () => {
  await read()
  const { list } = store.get()
  const late = feed.byPerson.moreTickets()
  store.put({ search: 'Ticket 11' })
  feed.request(true)
  await late
  await vi.advanceTimersByTimeAsync(1_000)
  expect(store.get().list?.id).not.toBe(list?.id)
  expect(listed()).toEqual(ids(newestFirst().filter(({ title }) => title.includes('Ticket 11'))))
  store.put({ search: '   ' })
  await read()
  expect(listed()).toEqual(all().slice(0, 500))
})

test('a page that cannot be read is said, and what was read stays; the next attempt clears it', async () => {
  await read()
  fails = true
  await feed.byPerson.moreTickets()
  expect(store.get()).toMatchObject({ listLoading: false, listFailure: { code: 'store-unavailable' } })
  expect(listed()).toHaveLength(500)
  await read()
  expect(listed()).toHaveLength(500)
  fails = false
  await feed.byPerson.moreTickets()
  expect(store.get().listFailure).toBeNull()
  expect(listed()).toHaveLength(1_000)
})

test('all of them can be had, beyond those that are listed, without listing them', async () => {
  await read()
  const taken = await feed.byPerson.allTickets()
  expect(ids(taken.tickets)).toEqual(all())
  expect(moreText(taken)).toBe('')
  expect(moreText({ more: true })).toContain('jira-tpm export')
  expect(listed()).toHaveLength(500)
})
