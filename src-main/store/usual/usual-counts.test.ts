import { expect, test } from 'vitest'
import { startOfMinute } from '../../../src-shared/domain/minute.ts'
import { storeForEach } from '../../../test-support/store/store.ts'
import { MINUTE, page, SITE, ticket, WATCHED } from '../../../test-support/store/pages.ts'
import type { GivenTicket } from '../fields/stored-fields.ts'

// What the usual is learned from, and what it is compared with.

const opened = storeForEach()

const DAY = 1_440
const SPAN = { fromMinute: MINUTE - (MINUTE % 5) - 3 * DAY, toMinute: MINUTE + 10 }

function at(id: string, minute: number, given: Partial<GivenTicket> = {}): GivenTicket {
  return ticket(id, { createdMs: startOfMinute(minute), ...given })
}

function cellOf(minute: number): number {
  return Math.floor(minute / 5)
}

test('is read by five minutes and priority, without what a run made, and with the others apart', async () => {
  const { store } = opened()
  const early = SPAN.fromMinute + 4
  await store.applyPage(
    page([
      at('1', early),
      at('2', early, { projectKey: 'OPS' }),
      at('3', early + 1, { priorityId: '1' }),
      at('4', MINUTE, { rehearsed: true }),
      at('5', MINUTE, { rehearsed: false }),
    ]),
  )
  await store.applyPage(page([at('6', MINUTE)], { source: 'import' }))
  expect(await store.usualHistory(SITE, WATCHED, SPAN)).toEqual({
    seq: 2,
    goesBack: false,
    isSummed: true,
    cells: expect.arrayContaining([
      { fiveMinutes: cellOf(early), count: 2, others: 0 },
      { fiveMinutes: cellOf(early + 1), count: 1, others: 0 },
      { fiveMinutes: cellOf(MINUTE), count: 1, others: 1 },
    ]) as unknown,
  })
  const ofProject = await store.usualHistory(SITE, { ...WATCHED, projectKey: 'OPS' }, SPAN)
  expect(ofProject.cells).toEqual([{ fiveMinutes: cellOf(early), count: 1, others: 0 }])
  const later = { ...SPAN, fromMinute: MINUTE - (MINUTE % 5) }
  expect(await store.usualHistory(SITE, WATCHED, later)).toMatchObject({ goesBack: true })
})

test('a change is found by its commit: a ticket that came, one that left, and one of which a run is known now', async () => {
  const { store } = opened()
  await store.applyPage(page([at('1', MINUTE), at('2', MINUTE + 7)]))
  const none = { seq: 1, fiveMinutes: [], cells: [] }
  expect(await store.usualChanges(SITE, 1, WATCHED)).toEqual(none)
  await store.applyPage(page([at('1', MINUTE, { rehearsed: true, updatedMs: startOfMinute(MINUTE) + 1 })]))
  const fiveMinutes = Math.floor(MINUTE / 5)
  const gone = { priorityId: '2', projectKey: 'TPM', fiveMinutes, count: 0, others: 0 }
  expect(await store.usualChanges(SITE, 1, WATCHED)).toEqual({
    seq: 2,
    fiveMinutes: [fiveMinutes],
    cells: [gone],
  })
  expect((await store.usualChanges(SITE, 0, WATCHED))?.cells).toHaveLength(2)
  expect((await store.usualChanges(SITE, 0, { ...WATCHED, priorityIds: ['1'] }))?.cells).toEqual([])
  expect(await store.usualChanges(SITE, 3, WATCHED)).toBeNull()
  await store.dropTables()
  await store.createTables()
  expect(await store.usualChanges(SITE, 2, WATCHED)).toBeNull()
})

test('the newest minutes say which of their tickets runs made, and which are others', async () => {
  const { store } = opened()
  await store.applyPage(
    page([at('1', MINUTE), at('2', MINUTE, { rehearsed: true }), at('3', MINUTE + 1, { projectKey: 'OPS' })]),
  )
  await store.applyPage(page([at('4', MINUTE + 1)], { source: 'sample' }))
  const span = { fromMinute: MINUTE, toMinute: MINUTE + 2 }
  const found = await store.minuteTickets(SITE, WATCHED, span)
  const of = (kind: string) =>
    found.filter((one) => one.kind === kind).map(({ minute, count }) => [minute, count])
  expect(of('all')).toEqual([
    [MINUTE, 2],
    [MINUTE + 1, 2],
  ])
  expect(of('rehearsed')).toEqual([[MINUTE, 1]])
  expect(of('others')).toEqual([[MINUTE + 1, 1]])
})
