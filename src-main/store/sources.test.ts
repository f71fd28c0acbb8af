import { expect, test } from 'vitest'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import type { Ticket } from '../../src-shared/domain/ticket.ts'
import type { TicketPage, TicketSource } from './store.ts'
import { countDifferences } from '../../test-support/store/count-differences.ts'
import { storeForEach } from '../../test-support/store/store.ts'
import { LEFT_MS, MINUTE, noNews, page, SITE, ticket, WATCHED } from '../../test-support/store/pages.ts'

/** Far later than what Jira says. */
const NEWER_MS = LEFT_MS + 10 ** 9

function imported(tickets: readonly Ticket[], given: Partial<TicketPage> = {}): TicketPage {
  return page(tickets, { source: 'import', scope: 'import', ...given })
}

// Tickets of Jira's, imported ones and the sample's: which of two versions stays.

const opened = storeForEach()
const stored = (id: string): Promise<Ticket[]> => opened().store.countedTickets(SITE, [id])
const sourceOf = async (id: string): Promise<unknown> => {
  const [row] = await opened().rows(`SELECT source FROM tickets WHERE id = '${id}'`)
  return row?.['source']
}

test('a page without a source is Jira’s; any other is kept with its own', async () => {
  const { store } = opened()
  await store.applyPage(page([ticket('1')]))
  await store.applyPage(imported([ticket('2')]))
  await store.applyPage(imported([ticket('3')], { source: 'sample' }))
  expect([await sourceOf('1'), await sourceOf('2'), await sourceOf('3')]).toEqual([
    'jira',
    'import',
    'sample',
  ])
  expect(await store.ticketTotal(SITE, WATCHED)).toBe(3)
})

test('Jira’s version of an imported ticket whose type is known counts in its place, in the same cell of its type', async () => {
  const { store, rows } = opened()
  const given = ticket('1', { issueType: 'Bug', rehearsed: false })
  await store.applyPage(imported([given]))
  await store.applyPage(page([given]))
  expect(await sourceOf('1')).toBe('jira')
  expect(await countDifferences(rows)).toEqual([])
})

test.each<TicketSource>(['import', 'sample'])(
  'Jira’s version takes the place of any other, however old: %s',
  async (source) => {
    const { store } = opened()
    const late = startOfMinute(MINUTE + 9)
    const old = ticket('1', { title: 'As exported', createdMs: late, updatedMs: NEWER_MS })
    await store.applyPage(imported([old], { source }))
    expect(await store.applyPage(page([ticket('1')]))).toMatchObject({ seq: 2, inserted: 0, updated: 1 })
    expect(await stored('1')).toEqual([ticket('1')])
    expect(await sourceOf('1')).toBe('jira')
    expect(await countDifferences(opened().rows)).toEqual([])
  },
)

test('the same ticket from Jira becomes Jira’s, which is no news', async () => {
  const { store } = opened()
  await store.applyPage(imported([ticket('1'), ticket('2')]))
  const commit = await store.applyPage(page([ticket('1')], { watermarkMs: 10 }))
  expect(commit).toEqual(noNews(1))
  expect([await sourceOf('1'), await sourceOf('2')]).toEqual(['jira', 'import'])
  expect(await store.ticketTotal(SITE, WATCHED)).toBe(2)
  await store.applyPage(page([ticket('2')]))
  expect(await sourceOf('2')).toBe('jira')
})

test.each<TicketSource>(['import', 'sample'])('no other changes a ticket of Jira’s: %s', async (source) => {
  const { store } = opened()
  const left = ticket('2', { priorityId: '3', updatedMs: LEFT_MS })
  await store.applyPage(page([ticket('1'), ticket('2')]))
  const lowered = { id: '2', reason: 'lowered' as const, atMs: LEFT_MS, ticket: left }
  await store.applyPage(page([], { removals: [lowered] }))
  const newer = ['1', '2'].map((id) => ticket(id, { title: 'Exported later', updatedMs: NEWER_MS }))
  const removals = [{ id: '1', reason: 'deleted' as const, atMs: NEWER_MS }]
  const nothing = noNews(2)
  expect(await store.applyPage(imported(newer, { source, removals }))).toEqual(nothing)
  expect(await stored('1')).toEqual([ticket('1')])
  expect(await stored('2')).toEqual([])
  expect([await sourceOf('1'), await sourceOf('2')]).toEqual(['jira', 'jira'])
})

test('of two versions that are not Jira’s the newer one stays, whichever comes first', async () => {
  const { store } = opened()
  const newer = ticket('1', { title: 'Exported later', updatedMs: NEWER_MS })
  await store.applyPage(imported([ticket('1')], { source: 'sample' }))
  expect(await store.applyPage(imported([newer]))).toMatchObject({ seq: 2, updated: 1 })
  expect(await store.applyPage(imported([ticket('1')], { source: 'sample' }))).toMatchObject({ seq: 2 })
  expect(await stored('1')).toEqual([newer])
  expect(await sourceOf('1')).toBe('import')
})

test('a removal is of the source that shows it, else of the one that it had', async () => {
  const { store } = opened()
  await store.applyPage(imported([ticket('1'), ticket('2')], { source: 'sample' }))
  const lowered = ticket('2', { priorityId: '3', updatedMs: LEFT_MS })
  const removals = [
    { id: '1', reason: 'deleted' as const, atMs: LEFT_MS },
    { id: '2', reason: 'lowered' as const, atMs: LEFT_MS, ticket: lowered },
  ]
  await store.applyPage(imported([], { removals }))
  expect([await sourceOf('1'), await sourceOf('2')]).toEqual(['sample', 'import'])
  const later = { id: '1', reason: 'lowered' as const, atMs: NEWER_MS }
  const form = ticket('1', { priorityId: '3', updatedMs: NEWER_MS })
  await store.applyPage(imported([], { removals: [{ ...later, ticket: form }] }))
  expect(await sourceOf('1')).toBe('import')
})

test('loading the same again is no news, those that left among them', async () => {
  const { store } = opened()
  const away = ticket('2', { priorityId: '3', updatedMs: LEFT_MS })
  const removals = [
    { id: '2', reason: 'lowered' as const, atMs: LEFT_MS, ticket: away },
    { id: '3', reason: 'deleted' as const, atMs: LEFT_MS },
  ]
  const all = imported([ticket('1'), away, ticket('3')], { removals })
  expect(await store.applyPage(all)).toMatchObject({ seq: 1, inserted: 3 })
  expect(await store.applyPage(all)).toEqual(noNews(1))
  expect(await store.ticketTotal(SITE, WATCHED)).toBe(1)
})

test.each(['lowered', 'deleted', 'moved', 'hidden'] as const)(
  'one that had left before it was imported is stored as it is, in any order: %s',
  async (reason) => {
    const { store } = opened()
    const ticket1 = ticket('1', { key: 'OPS-1', projectKey: 'OPS', updatedMs: LEFT_MS + 5 })
    const removal = { id: '1', reason, atMs: LEFT_MS, ticket: ticket1, projectKey: 'TPM' }
    const all = imported([ticket('2')], { removals: [removal] })
    expect(await store.applyPage(all)).toMatchObject({ seq: 1, inserted: 2, updated: 0, left: 0 })
    expect(await store.applyPage(all)).toMatchObject({ seq: 1, inserted: 0, updated: 0, left: 0 })
    const query = { siteId: SITE, projectKey: null, fromMs: 0, toMs: NEWER_MS, after: null, limit: 9 }
    const [read] = (await store.ticketsAfter(query)).filter(({ id }) => id === '1')
    const left = { atMs: LEFT_MS, reason, projectKey: 'TPM' }
    expect(read).toEqual({ ...ticket1, source: 'import', left })
    expect(await store.ticketTotal(SITE, WATCHED)).toBe(1)
    expect(await countDifferences(opened().rows)).toEqual([])
  },
)

test('an imported ticket leaves with a later import, with the priority that it counted under, too', async () => {
  const { store } = opened()
  await store.applyPage(imported([ticket('1'), ticket('2')]))
  const removals = [
    { id: '1', reason: 'deleted' as const, atMs: LEFT_MS, ticket: ticket('1') },
    { id: '2', reason: 'deleted' as const, atMs: LEFT_MS, ticket: ticket('2', { updatedMs: 1 }) },
  ]
  const commit = await store.applyPage(imported([], { removals }))
  expect(commit).toMatchObject({ seq: 2, inserted: 0, updated: 0, left: 1 })
  expect(await stored('1')).toEqual([])
  expect(await stored('2')).toEqual([ticket('2')]) // what is told of it is older than what is known
})

test('a ticket of Jira’s that was never stored does not leave', async () => {
  const { store } = opened()
  const lowered = { id: '1', reason: 'lowered' as const, atMs: LEFT_MS, ticket: ticket('1') }
  expect(await store.applyPage(page([], { removals: [lowered] }))).toMatchObject({ seq: 0, inserted: 0 })
})

test('Jira shows that an imported ticket left, but misses none', async () => {
  const { store } = opened()
  await store.applyPage(imported([ticket('1', { updatedMs: NEWER_MS }), ticket('2')]))
  const lowered = ticket('1', { priorityId: '3', updatedMs: LEFT_MS })
  const removals = [
    { id: '1', reason: 'lowered' as const, atMs: LEFT_MS, ticket: lowered },
    { id: '2', reason: 'deleted' as const, atMs: LEFT_MS },
  ]
  await store.applyPage(page([], { removals }))
  const ever = { siteId: SITE, projectKey: null, fromMs: 0, toMs: LEFT_MS, limit: 9 }
  expect(await store.removedTickets(ever)).toEqual([{ ...lowered, leftMs: LEFT_MS, reason: 'lowered' }])
  expect([await sourceOf('1'), await sourceOf('2')]).toEqual(['jira', 'import'])
  expect(await stored('2')).toEqual([ticket('2')])
})

test('a census reads the ids of Jira’s tickets alone', async () => {
  const { store } = opened()
  const span = { fromMs: 0, toMs: LEFT_MS }
  await store.applyPage(page([ticket('1')]))
  await store.applyPage(imported([ticket('2')]))
  await store.applyPage(imported([ticket('3')], { source: 'sample' }))
  expect(await store.countedIds(SITE, WATCHED, span)).toEqual(['1'])
  await store.applyPage(page([ticket('2')]))
  expect((await store.countedIds(SITE, WATCHED, span)).toSorted()).toEqual(['1', '2'])
})

test('an import takes back no strike against a ticket of Jira’s', async () => {
  const { store } = opened()
  await store.applyPage(page([ticket('1')]))
  await store.markMissing(SITE, ['1'], 1_000, 500)
  await store.applyPage(imported([ticket('1')]))
  expect(await store.markMissing(SITE, ['1'], 2_000, 500)).toEqual(['1'])
})
