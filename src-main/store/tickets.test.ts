import { expect, test } from 'vitest'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { LeftTicket, Ticket } from '../../src-shared/domain/ticket.ts'
import type { TicketPlace } from './store.ts'
import { storeForEach } from '../../test-support/store/store.ts'
import { hour, LEFT_MS, MINUTE, noNews, page, SITE, ticket, WATCHED } from '../../test-support/store/pages.ts'

/** An instant of the tests' hour, epoch ms. */
function at(seconds: number): number {
  return startOfMinute(MINUTE) + seconds * 1_000
}

const ALL = { siteId: SITE, projectKey: null, fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, after: null }

// What becomes of the tickets of a page.

const opened = storeForEach()
const total = (): Promise<number> => opened().store.ticketTotal(SITE, WATCHED)

test('new tickets are stored as they are, and counted', async () => {
  const { store } = opened()
  const tickets = [ticket('1'), ticket('2', { priorityId: '1', priorityName: 'Highest' })]
  expect(await store.applyPage(page(tickets))).toEqual({
    seq: 1,
    inserted: 2,
    updated: 0,
    left: 0,
    removed: 0,
    doubtful: [],
    changed: ['1', '2'],
  })
  expect(await store.countedTickets(SITE, ['1', '2', '3'])).toEqual(tickets)
  expect(await total()).toBe(2)
})

test('the newer of two versions stays, whichever comes first', async () => {
  const { store } = opened()
  const older = ticket('1')
  const newer = ticket('1', { title: 'Renamed', status: 'Done', updatedMs: older.updatedMs + 1 })
  await store.applyPage(page([older]))
  expect(await store.applyPage(page([newer]))).toEqual({
    seq: 2,
    inserted: 0,
    updated: 1,
    left: 0,
    removed: 0,
    doubtful: [],
    changed: ['1'],
  })
  expect(await store.applyPage(page([older]))).toEqual(noNews(2))
  expect(await store.countedTickets(SITE, ['1'])).toEqual([newer])
})

test('a version that shows nothing else than a later change is stored, and no change to whoever looks', async () => {
  const { store } = opened()
  await store.applyPage(page([ticket('1')]))
  const later = ticket('1', { updatedMs: ticket('1').updatedMs + 1 })
  expect(await store.applyPage(page([later]))).toMatchObject({ updated: 1, changed: [] })
})

test('a version of the same age that differs is taken', async () => {
  const { store } = opened()
  await store.applyPage(page([ticket('1')]))
  expect(await store.applyPage(page([ticket('1', { priorityId: '1' })]))).toMatchObject({ updated: 1 })
  expect((await store.counts(hour())).rows).toEqual([{ startMinute: MINUTE, priorityId: '1', count: 1 }])
})

test('titles are kept as they are; what is no character becomes one that says so', async () => {
  const { store } = opened()
  const titles = ['Ünïcödé 漢字 🔥', `'; DROP TABLE tickets; --`, '\\ "quoted" \n\t {1,2} NULL', ' ', '']
  const odd = ['nul \0 here', 'half \ud83d of a pair', '\udd25 the other']
  const tickets = [...titles, ...odd].map((title, n) => ticket(String(n), { title }))
  await store.applyPage(page(tickets))
  const stored = await store.ticketsAfter({ ...ALL, limit: 10 })
  const said = ['nul \ufffd here', 'half \ufffd of a pair', '\ufffd the other']
  expect(stored.map(({ title }) => title)).toEqual([...titles, ...said])
  expect(await store.applyPage(page(tickets))).toMatchObject({ seq: 1, updated: 0 })
})

test('a page that brings nothing new writes nothing', async () => {
  const { store, rows } = opened()
  await store.applyPage(page([ticket('1'), ticket('2')]))
  const before = await rows('SELECT * FROM minute_counts')
  await store.applyPage(page([ticket('2'), ticket('1')]))
  expect(await store.seq(SITE)).toBe(1)
  expect(await rows('SELECT * FROM minute_counts')).toEqual(before)
})

test('the time of the first sight stays', async () => {
  const { store, rows } = opened()
  await store.applyPage(page([ticket('1')], { seenAtMs: 5 }))
  await store.applyPage(page([ticket('1', { title: 'Renamed' })], { seenAtMs: 9 }))
  expect(await rows('SELECT first_seen_ms FROM tickets')).toEqual([{ first_seen_ms: 5 }])
})

test('read in pages while others come, each that was there is found once, newest first', async () => {
  const { store } = opened()
  // Some at the same moment, whose order is by id alone.
  const there = Array.from({ length: 60 }, (_, n) => ticket(`t${n}`, { createdMs: at(n % 7) }))
  await store.applyPage(page(there))
  const span = { siteId: SITE, ...WATCHED, fromMs: at(0), toMs: at(60), limit: 7 }
  const found: Ticket[] = []
  for (let after: TicketPlace | undefined; ;) {
    const some = await store.tickets({ ...span, after })
    found.push(...some)
    const last = some.at(-1)
    if (last === undefined) break
    after = { atMs: last.createdMs, id: last.id }
    const others = ['a', 'm', 'z'].map((name) =>
      ticket(`${name}${found.length}`, { createdMs: at(found.length % 9) }),
    )
    await store.applyPage(page(others))
  }
  const ids = found.map(({ id }) => id)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids).toEqual(expect.arrayContaining(there.map(({ id }) => id)))
  const places = found.map(({ createdMs, id }) => [createdMs, id] as const)
  expect(places).toEqual(places.toSorted(([a, x], [b, y]) => b - a || (x < y ? 1 : -1)))
  // A place outside of the span adds nothing to it.
  const beyond = { atMs: at(99), id: 'x' }
  expect(await store.tickets({ ...span, after: beyond })).toEqual(await store.tickets(span))
  expect(await store.tickets({ ...span, after: { atMs: at(-1), id: 'x' } })).toEqual([])
})

test('those that left are read in pages alike, the last to leave first', async () => {
  const { store } = opened()
  const ids = Array.from({ length: 20 }, (_, n) => `t${n}`)
  await store.applyPage(page(ids.map((id) => ticket(id))))
  const removals = ids.map((id, n) => ({ id, reason: 'deleted' as const, atMs: LEFT_MS + (n % 3) }))
  await store.applyPage(page([], { removals }))
  const { priorityIds: _, ...scope } = WATCHED
  const found: LeftTicket[] = []
  for (let after: TicketPlace | undefined; ;) {
    const some = await store.removedTickets({
      siteId: SITE,
      ...scope,
      fromMs: 0,
      toMs: at(60),
      limit: 6,
      after,
    })
    found.push(...some)
    const last = some.at(-1)
    if (last === undefined) break
    after = { atMs: last.leftMs, id: last.id }
  }
  expect(found.map(({ id }) => id).toSorted()).toEqual(ids.toSorted())
  expect(found.map(({ leftMs }) => leftMs)).toEqual(
    found.map(({ leftMs }) => leftMs).toSorted((a, b) => b - a),
  )
})

test('a page of any size is stored whole, with its progress', async () => {
  const { store } = opened()
  const tickets = Array.from({ length: 1_234 }, (_, i) => ticket(String(i)))
  const removals = [{ id: '0', reason: 'moved' as const, atMs: LEFT_MS }]
  const commit = await store.applyPage(page(tickets, { removals, watermarkMs: 99 }))
  expect(commit).toMatchObject({ inserted: 1_234, updated: 0 })
  expect(await total()).toBe(1_233)
  expect(await store.syncState(SITE, 'all')).toEqual({ watermarkMs: 99, censusMs: null })
})

test('a page that fails leaves nothing of itself', async () => {
  const { store } = opened()
  await store.applyPage(page([ticket('1')], { watermarkMs: 10 }))
  const untitled = ticket('3', { title: null as unknown as string })
  await expect(store.applyPage(page([ticket('2'), untitled], { watermarkMs: 20 }))).rejects.toThrow('title')
  expect(await store.seq(SITE)).toBe(1)
  expect(await total()).toBe(1)
  expect(await store.countedTickets(SITE, ['2'])).toEqual([])
  expect(await store.syncState(SITE, 'all')).toEqual({ watermarkMs: 10, censusMs: null })
})

test('a ticket in another project than before counts there, with its new key', async () => {
  const { store } = opened()
  await store.applyPage(page([ticket('1'), ticket('2')]))
  const moved = ticket('1', { key: 'OPS-9', projectKey: 'OPS', updatedMs: at(5) })
  await store.applyPage(page([moved]))
  expect(await store.ticketTotal(SITE, { ...WATCHED, projectKey: 'TPM' })).toBe(1)
  expect(await store.ticketTotal(SITE, { ...WATCHED, projectKey: 'OPS' })).toBe(1)
  expect(await store.countedTickets(SITE, ['1'])).toEqual([moved])
})

test('a ticket that a page shows twice is stored once, in its newer version', async () => {
  const { store } = opened()
  const newer = ticket('1', { updatedMs: at(5), title: 'Renamed' })
  const commit = await store.applyPage(page([ticket('1'), newer, ticket('1')]))
  expect(commit).toMatchObject({ inserted: 1, updated: 0 })
  expect(await store.countedTickets(SITE, ['1'])).toEqual([newer])
  expect(await total()).toBe(1)
})

test('the watermark moves on without raising seq, and never goes back', async () => {
  const { store } = opened()
  expect(await store.syncState(SITE, 'all')).toBeNull()
  await store.applyPage(page([ticket('1')], { watermarkMs: 10 }))
  await store.applyPage(page([], { watermarkMs: 20 }))
  await store.applyPage(page([], { watermarkMs: 15 }))
  expect(await store.syncState(SITE, 'all')).toEqual({ watermarkMs: 20, censusMs: null })
  expect(await store.syncState(SITE, 'another scope')).toBeNull()
  expect(await store.seq(SITE)).toBe(1)
})

test('two sites share nothing', async () => {
  const { store } = opened()
  await store.applyPage(page([ticket('1')]))
  await store.applyPage(page([ticket('1', { title: 'Elsewhere' })], { siteId: 'site-b', watermarkMs: 10 }))
  expect(await store.countedTickets(SITE, ['1'])).toEqual([ticket('1')])
  expect(await store.seq('site-b')).toBe(1)
  expect(await store.syncState(SITE, 'all')).toBeNull()
})

test('a span lists its counted tickets, newest first', async () => {
  const { store } = opened()
  await store.applyPage(
    page([
      ticket('1', { createdMs: at(0) }),
      ticket('2', { createdMs: at(10) }),
      ticket('3', { createdMs: at(20), projectKey: 'OPS' }),
      ticket('4', { createdMs: at(30), priorityId: '5' }),
      ticket('5', { createdMs: at(60) }),
      ticket('6', { createdMs: at(15) }),
    ]),
  )
  await store.applyPage(page([], { removals: [{ id: '6', reason: 'deleted', atMs: LEFT_MS }] }))
  const query = { siteId: SITE, ...WATCHED, fromMs: at(0), toMs: at(60), limit: 10 }
  const ids = async (given: object): Promise<string[]> =>
    (await store.tickets({ ...query, ...given })).map((found) => found.id)
  expect(await ids({})).toEqual(['3', '2', '1'])
  expect(await ids({ limit: 2 })).toEqual(['3', '2'])
  expect(await ids({ projectKey: 'TPM' })).toEqual(['2', '1'])
  expect(await ids({ fromMs: at(10), toMs: at(20) })).toEqual(['2'])
})
