import { expect, test } from 'vitest'
import { countDifferences } from '../../../test-support/store/count-differences.ts'
import { page, SITE, ticket } from '../../../test-support/store/pages.ts'
import { newSlots, RUN } from '../../../test-support/store/runs.ts'
import { storeForEach } from '../../../test-support/store/store.ts'
import type { Store } from '../store.ts'

const opened = storeForEach()
/** More than one step takes on a server. */
const MADE = 2_300

/** A run's tickets, and as many others, as an older version stored them. */
async function fill(store: Store): Promise<void> {
  const slots = newSlots(MADE)
  await store.createRun({ ...RUN, planned: MADE }, slots)
  const outcome = { state: 'created', answeredAtMs: 1, latenessMs: 1, reason: null } as const
  await store.claimSlots(
    SITE,
    RUN.runId,
    slots.map(({ slot }) => slot),
    1,
  )
  await store.recordSlots(
    SITE,
    RUN.runId,
    slots.map(({ slot }) => ({ ...outcome, slot, issueId: `m${slot}`, issueKey: `TPM-${slot}` })),
  )
  const ids = slots.flatMap(({ slot }) => [`m${slot}`, `other${slot}`])
  await store.applyPage(page(ids.map((id) => ticket(id))))
}

const rehearsed = async (): Promise<Record<string, unknown>[]> =>
  opened().rows(
    `SELECT CAST(SUM(rehearsed) AS BIGINT) AS made, COUNT(*) AS known FROM tickets WHERE rehearsed IS NOT NULL AND id LIKE 'm%'`,
  )

test('the ledger says of an older version’s tickets that a run made them, in steps, with the counts right after each', async () => {
  const { store, rows } = opened()
  await fill(store)
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
  await fill(store)
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
  await fill(store)
  await store.applyPage(page([ticket('m1', { rehearsed: false, updatedMs: 10 ** 14 })]))
  while (await store.knowOldTickets(SITE));
  expect(await rows(`SELECT rehearsed FROM tickets WHERE id IN ('m1', 'm2') ORDER BY id`)).toEqual([
    { rehearsed: 0 },
    { rehearsed: 1 },
  ])
})
