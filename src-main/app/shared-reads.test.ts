import { expect, test, vi } from 'vitest'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { makeTestData } from '../../test-support/store/store.ts'
import { MINUTE, page, SITE, ticket } from '../../test-support/store/pages.ts'
import { createReads, type ReadParts } from './reads.ts'

const WINDOWS = 50
const SPAN = { fromMs: startOfMinute(MINUTE), toMs: startOfMinute(MINUTE + 60) }
const LIST = { ...SPAN, limit: 100 }

async function openReads() {
  const data = await makeTestData()
  const store = await data.open()
  const session = { site: { id: SITE }, projectKey: null, zone: 'UTC', watchedField: { id: 'priority' } }
  const watched = ['1', '2'].map((id) => ({ id, name: id }))
  const time = { now: () => SPAN.toMs }
  const parts = { store, time, session: { ...session, watched } } as unknown as ReadParts
  return { store, reads: createReads(parts) }
}

test('what windows ask for at the same moment, told of the same commit, is read once for all', async () => {
  const { store, reads } = await openReads()
  await store.applyPage(page([ticket('1')]))
  const asked = [
    vi.spyOn(store, 'tickets'),
    vi.spyOn(store, 'removedTickets'),
    vi.spyOn(store, 'outside'),
  ] as const
  const all = await Promise.all(
    Array.from({ length: WINDOWS }, () =>
      Promise.all([reads['tickets.list'](LIST), reads['tickets.left'](LIST), reads['counts.outside'](SPAN)]),
    ),
  )
  for (const spied of asked) expect(spied).toHaveBeenCalledTimes(1)
  for (const [list, left, outside] of all) {
    expect(list.tickets.map(({ id }) => id)).toEqual(['1'])
    expect(left.tickets).toEqual([])
    expect(outside).toMatchObject({ before: 0, after: 0 })
  }
  // What differs in a word is another question.
  await Promise.all([reads['tickets.list'](LIST), reads['tickets.list']({ ...LIST, limit: 99 })])
  expect(asked[0]).toHaveBeenCalledTimes(3)
})

test('who asks after a commit sees it, also while those read who asked before it', async () => {
  const { store, reads } = await openReads()
  for (let n = 1; n <= 20; n++) {
    const before = reads['tickets.list'](LIST)
    await store.applyPage(page([ticket(String(n))]))
    const after = reads['tickets.list'](LIST)
    expect((await after).tickets).toHaveLength(n)
    await before
  }
})
