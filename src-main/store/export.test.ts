import { expect, test } from 'vitest'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { Store } from './store.ts'
import type { ExportedTicket, TicketsAfter } from './pages/stored-ticket.ts'
import { storeForEach } from '../../test-support/store/store.ts'
import { LEFT_MS, MINUTE, SITE, page, ticket } from '../../test-support/store/pages.ts'

const FROM_MS = startOfMinute(MINUTE)
const ALL: TicketsAfter = {
  siteId: SITE,
  projectKey: null,
  fromMs: 0,
  toMs: Number.MAX_SAFE_INTEGER,
  after: null,
  limit: 10,
}

/** An instant of the tests' hour, epoch ms. */
function at(seconds: number): number {
  return FROM_MS + seconds * 1_000
}

/** Reads to the end, `limit` tickets at a time. */
async function readAll(store: Store, given: Partial<TicketsAfter>): Promise<ExportedTicket[]> {
  const query = { ...ALL, ...given }
  const all: ExportedTicket[] = []
  for (let after: TicketsAfter['after'] = null; ;) {
    const some = await store.ticketsAfter({ ...query, after })
    expect(some.length).toBeLessThanOrEqual(query.limit)
    all.push(...some)
    const last = some.at(-1)
    if (last === undefined) return all
    after = { createdMs: last.createdMs, id: last.id }
  }
}

// Reading all that is stored, bit by bit.

const opened = storeForEach()

test('tickets are read as they are, with where they came from and how they left', async () => {
  const { store } = opened()
  await store.applyPage(page([ticket('1'), ticket('2')]))
  await store.applyPage(page([ticket('3', { createdMs: FROM_MS + 1 })], { source: 'import' }))
  const moved = ticket('2', { projectKey: 'OPS', key: 'OPS-2', updatedMs: LEFT_MS })
  const removals = [{ id: '2', reason: 'moved' as const, atMs: LEFT_MS, ticket: moved }]
  await store.applyPage(page([], { removals }))
  expect(await store.ticketsAfter(ALL)).toEqual([
    { ...ticket('1'), source: 'jira', left: null },
    { ...moved, source: 'jira', left: { atMs: LEFT_MS, reason: 'moved', projectKey: 'TPM' } },
    { ...ticket('3', { createdMs: FROM_MS + 1 }), source: 'import', left: null },
  ])
})

test('each bit goes on where the last one ended, in the order of creation and id', async () => {
  const { store } = opened()
  const tickets = Array.from({ length: 50 }, (_, n) =>
    ticket(String(n), { createdMs: FROM_MS + (n % 4) * 1_000 }),
  )
  await store.applyPage(page(tickets))
  const inOrder = tickets.toSorted((a, b) => a.createdMs - b.createdMs || (a.id < b.id ? -1 : 1))
  for (const limit of [1, 3, 7, 50, 60]) {
    const read = await readAll(store, { limit })
    expect(read.map(({ id }) => id)).toEqual(inOrder.map(({ id }) => id))
  }
})

test('ids of any form are in one order: that of their code points', async () => {
  const { store } = opened()
  const ids = ['sample-1', 'Sample-1', '10', '9', 'é', 'z', '_']
  await store.applyPage(page(ids.map((id) => ticket(id))))
  const read = await readAll(store, { limit: 2 })
  expect(read.map(({ id }) => id)).toEqual(['10', '9', 'Sample-1', '_', 'sample-1', 'z', 'é'])
})

test('a project and a span are read alone; other sites never', async () => {
  const { store } = opened()
  await store.applyPage(
    page([
      ticket('1', { createdMs: at(0) }),
      ticket('2', { createdMs: at(10), projectKey: 'OPS' }),
      ticket('3', { createdMs: at(20) }),
      ticket('4', { createdMs: at(30), priorityId: '5' }),
    ]),
  )
  await store.applyPage(page([ticket('5')], { siteId: 'site-b' }))
  const ids = async (given: Partial<TicketsAfter>): Promise<string[]> =>
    (await readAll(store, { limit: 2, ...given })).map(({ id }) => id)
  expect(await ids({})).toEqual(['1', '2', '3', '4'])
  expect(await ids({ projectKey: 'OPS' })).toEqual(['2'])
  expect(await ids({ projectKey: 'WEB' })).toEqual([])
  expect(await ids({ fromMs: at(10), toMs: at(30) })).toEqual(['2', '3'])
  expect(await ids({ siteId: 'site-b' })).toEqual(['5'])
})

test('any number is read whole, few of one project among many, too', async () => {
  const { store } = opened()
  const tickets = Array.from({ length: 4_321 }, (_, n) =>
    ticket(String(n), { createdMs: FROM_MS + n, projectKey: n % 1_000 === 999 ? 'OPS' : 'TPM' }),
  )
  await store.applyPage(page(tickets))
  const all = await store.ticketsAfter({ ...ALL, limit: 10_000 })
  expect(all.map(({ id }) => id)).toEqual(tickets.map(({ id }) => id))
  const some = await store.ticketsAfter({ ...ALL, projectKey: 'OPS', limit: 3 })
  expect(some.map(({ id }) => id)).toEqual(['999', '1999', '2999'])
  const rest = { createdMs: FROM_MS + 2_999, id: '2999' }
  const last = await store.ticketsAfter({ ...ALL, projectKey: 'OPS', after: rest })
  expect(last.map(({ id }) => id)).toEqual(['3999'])
})

test('what is stored meanwhile is read where its place is still to come, and nothing twice', async () => {
  const { store } = opened()
  await store.applyPage(page(['2', '4', '6'].map((id) => ticket(id))))
  const first = await store.ticketsAfter({ ...ALL, limit: 2 })
  await store.applyPage(page(['3', '5'].map((id) => ticket(id))))
  const after = { createdMs: FROM_MS, id: '4' }
  const then = await store.ticketsAfter({ ...ALL, after })
  expect([...first, ...then].map(({ id }) => id)).toEqual(['2', '4', '5', '6'])
})
