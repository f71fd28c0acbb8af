import { expect, test } from 'vitest'
import { countDifferences } from '../../../test-support/store/count-differences.ts'
import { page, SITE, ticket } from '../../../test-support/store/pages.ts'
import { fillOldTickets } from '../../../test-support/store/old-tickets.ts'
import { storeForEach } from '../../../test-support/store/store.ts'

const opened = storeForEach()
/** More than one step takes on a server. */
const MADE = 2_300

const rehearsed = async (): Promise<Record<string, unknown>[]> =>
  opened().rows(
    `SELECT CAST(SUM(rehearsed) AS BIGINT) AS made, COUNT(*) AS known FROM tickets WHERE rehearsed IS NOT NULL AND id LIKE 'm%'`,
  )

test('the ledger says of an older version’s tickets that a run made them, in steps, with the counts right after each', async () => {
  const { store, rows } = opened()
  await fillOldTickets(store, MADE)
  let steps = 0
  while (await store.knowOldTickets(SITE)) {
    steps += 1
    expect(await countDifferences(rows)).toEqual([])
  }
  expect(steps).toBeGreaterThan(1)
  expect(await countDifferences(rows)).toEqual([])
  expect(await rehearsed()).toEqual([{ made: MADE, known: MADE }])
  const others = await rows(`SELECT COUNT(*) AS n FROM tickets WHERE rehearsed IS NOT NULL`)
  expect(others).toEqual([{ n: MADE }])
  const seq = await store.seq(SITE)
  expect(await store.knowOldTickets(SITE)).toBe(false)
  expect(await store.seq(SITE)).toBe(seq)
})

test('two processes at once, and one that goes on where another stopped, do each ticket once', async () => {
  const { store, again, rows } = opened()
  await fillOldTickets(store, MADE)
  await store.knowOldTickets(SITE)
  const others = [await again(), await again()]
  await Promise.all(
    others.map(async (other) => {
      while (await other.knowOldTickets(SITE));
    }),
  )
  expect(await rehearsed()).toEqual([{ made: MADE, known: MADE }])
  expect(await countDifferences(rows)).toEqual([])
})

test('what a fetch has said meanwhile stays, and a new store has nothing to do', async () => {
  const { store, rows } = opened()
  expect(await store.knowOldTickets('new')).toBe(false)
  await fillOldTickets(store, MADE)
  await store.applyPage(page([ticket('m1', { rehearsed: false, updatedMs: 10 ** 14 })]))
  while (await store.knowOldTickets(SITE));
  expect(await rows(`SELECT rehearsed FROM tickets WHERE id IN ('m1', 'm2') ORDER BY id`)).toEqual([
    { rehearsed: 0 },
    { rehearsed: 1 },
  ])
})
