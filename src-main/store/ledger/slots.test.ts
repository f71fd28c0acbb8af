import { expect, test } from 'vitest'
import { minuteOf } from '../../../src-shared/domain/minute.ts'
import type { NewSlot } from './ledger.ts'
import { storeForEach } from '../../../test-support/store/store.ts'
import { SITE } from '../../../test-support/store/pages.ts'
import { newSlot, newSlots, RUN, untouched } from '../../../test-support/store/runs.ts'

/** More than any engine writes or reads in one step. */
const MANY = 12_345

// Slots of many runs, and of large ones.

const opened = storeForEach()

test('a run of many slots is kept whole, in the order of their numbers', async () => {
  const { store } = opened()
  const slots = newSlots(MANY)
  await store.createRun({ ...RUN, planned: MANY }, slots)
  const stored = await store.slots(SITE, RUN.runId)
  expect(stored.map(({ slot, plannedMs, issueTypeId }) => [slot, plannedMs, issueTypeId])).toEqual(
    slots.map(({ slot, plannedMs, issueTypeId }) => [slot, plannedMs, issueTypeId]),
  )
})

test('a large run whose last slots cannot be written is not there at all, and can be made then', async () => {
  const { store, rows } = opened()
  const slots = newSlots(MANY)
  await expect(store.createRun(RUN, [...slots, newSlot(0)])).rejects.toThrow(/unique/i)
  expect(await store.run(SITE, RUN.runId)).toBeNull()
  expect(await store.slots(SITE, RUN.runId)).toEqual([])
  expect(await store.slotsPlanned(SITE, 0, Number.MAX_SAFE_INTEGER)).toEqual([])
  expect(await store.runCounts(SITE, RUN.runId, Number.MAX_SAFE_INTEGER)).toMatchObject({
    open: 0,
    missed: 0,
  })

  await store.createRun({ ...RUN, runId: 'bbbbbbbb' }, newSlots(2))
  expect(await rows('SELECT DISTINCT run_id FROM slots')).toEqual([{ run_id: 'bbbbbbbb' }])
  await store.createRun(RUN, slots)
  expect(await store.slots(SITE, RUN.runId)).toHaveLength(MANY)
})

test('what was planned for a span, of all runs of the site, in order of that', async () => {
  const { store } = opened()
  await store.createRun(RUN, [at(0, 10), at(1, 30), at(2, 20)])
  await store.createRun({ ...RUN, runId: 'aaaaaaaa' }, [at(0, 20), at(1, 40)])
  await store.createRun({ ...RUN, siteId: 'site-b' }, [at(0, 25)])
  await store.claimSlots(SITE, RUN.runId, [2], 7)
  const planned = async (fromMs: number, toMs: number) =>
    (await store.slotsPlanned(SITE, fromMs, toMs)).map(({ runId, slot }) => [runId, slot])
  expect(await planned(10, 40)).toEqual([
    [RUN.runId, 0],
    ['aaaaaaaa', 0],
    [RUN.runId, 2],
    [RUN.runId, 1],
  ])
  expect(await planned(11, 30)).toEqual([
    ['aaaaaaaa', 0],
    [RUN.runId, 2],
  ])
  expect((await store.slotsPlanned(SITE, 10, 11))[0]).toEqual({
    ...untouched(at(0, 10)),
    runId: RUN.runId,
  })
})

test('minutes of a run, however many slots: planned, created and not made', async () => {
  const { store } = opened()
  const slots = newSlots(MANY)
  await store.createRun({ ...RUN, planned: MANY }, slots)
  await store.createRun({ ...RUN, runId: 'bbbbbbbb' }, newSlots(2))
  const states = ['created', 'failed', 'unknown', 'planned', 'sent', 'skipped'] as const
  const stateOf = (slot: number) => states[slot % 7] ?? 'planned'
  const numbers = (wanted: string): number[] =>
    slots.flatMap(({ slot }) => (stateOf(slot) === wanted ? [slot] : []))
  const answered = (['created', 'failed', 'unknown'] as const).flatMap((state) =>
    numbers(state).map((slot) => ({
      slot,
      state,
      answeredAtMs: 1,
      latenessMs: 1,
      issueId: state === 'created' ? String(slot) : null,
      issueKey: null,
      reason: null,
    })),
  )
  await store.claimSlots(SITE, RUN.runId, [...answered.map(({ slot }) => slot), ...numbers('sent')], 1)
  await store.recordSlots(SITE, RUN.runId, answered)
  const skipped = { slots: numbers('skipped'), reason: 'missed' }
  await store.resumeRun(SITE, RUN.runId, { byMs: 0, atMs: 2, skipped })

  const expected = new Map<number, { planned: number; created: number; notMade: number }>()
  for (const { plannedMs, state } of await store.slots(SITE, RUN.runId)) {
    const minute = minuteOf(plannedMs)
    const sums = expected.get(minute) ?? { planned: 0, created: 0, notMade: 0 }
    sums.planned += 1
    if (state === 'created') sums.created += 1
    if (state === 'failed' || state === 'unknown' || state === 'skipped') sums.notMade += 1
    expected.set(minute, sums)
  }
  const minutes = await store.runMinutes(SITE, RUN.runId)
  expect(minutes.toSorted((a, b) => a.minute - b.minute)).toEqual(
    [...expected].map(([minute, sums]) => ({ minute, ...sums })),
  )
  const notMade = minutes.reduce((sum, minute) => sum + minute.notMade, 0)
  expect(notMade).toBe(numbers('failed').length + numbers('unknown').length + numbers('skipped').length)
  expect(await store.runMinutes(SITE, 'nosuchrun')).toEqual([])
})

test('many that are planned for one moment are all found, each once', async () => {
  const { store } = opened()
  const slots = newSlots(MANY).map((slot) => ({ ...slot, plannedMs: 7 }))
  for (const runId of ['one', 'two']) await store.createRun({ ...RUN, runId }, slots)
  const found = await store.slotsPlanned(SITE, 7, 8)
  expect(new Set(found.map(({ runId, slot }) => `${runId} ${slot}`)).size).toBe(2 * MANY)
  expect(found).toHaveLength(2 * MANY)
})

test('which slots made the tickets, of any run of the site', async () => {
  const { store } = opened()
  const ids = Array.from({ length: MANY }, (_, n) => `id-${n}`)
  for (const [siteId, runId] of [
    [SITE, 'one'],
    [SITE, 'two'],
    ['site-b', 'one'],
  ] as const) {
    await store.createRun({ ...RUN, siteId, runId }, newSlots(5_000))
    const made = { state: 'created', answeredAtMs: 1, latenessMs: 1, reason: null } as const
    const first = runId === 'two' ? 5_000 : 0
    const outcomes = newSlots(5_000).map(({ slot }) => ({
      ...made,
      slot,
      issueId: `id-${first + slot}`,
      issueKey: `TPM-${slot}`,
    }))
    await store.recordSlots(siteId, runId, outcomes)
  }
  const found = await store.slotsOfTickets(SITE, [...ids, 'id-0', 'none'])
  const named = found.map(({ runId, slot, issueId }) => [runId, slot, issueId])
  const expected = ids.slice(0, 10_000).map((id, n) => (n < 5_000 ? ['one', n, id] : ['two', n - 5_000, id]))
  expect(named.toSorted(byTicket)).toEqual(expected.toSorted(byTicket))
  expect(await store.slotsOfTickets(SITE, [])).toEqual([])
})

function at(slot: number, plannedMs: number): NewSlot {
  return newSlot(slot, { plannedMs, projectKey: 'OPS' })
}

function byTicket(a: readonly unknown[], b: readonly unknown[]): number {
  return String(a[2]).localeCompare(String(b[2]))
}
