import { expect, test } from 'vitest'
import { createEventHub } from '../../src-shared/contract/client.ts'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { machineClock } from '../runtime/clock.ts'
import type { Run } from '../store/ledger/ledger.ts'
import type { Store } from '../store/store.ts'
import { newSlots, RUN } from '../../test-support/store/runs.ts'
import { makeTestData } from '../../test-support/store/store.ts'
import { atEnd } from '../../test-support/end.ts'
import { createRunMinutes, runMinutesOf } from './run-progress.ts'

const MINUTE_MS = 60_000
const START_MS = 1_800_000_000_000
const { siteId, runId } = RUN

test('each minute of a run tells what was planned, made, and will not be made by itself; empty ones, too', () => {
  const run = { startMs: START_MS, endMs: START_MS + 3 * MINUTE_MS } as Run
  const first = START_MS / MINUTE_MS
  const there = [
    { minute: first + 2, planned: 2, created: 1, notMade: 0 },
    { minute: first, planned: 5, created: 1, notMade: 3 },
    { minute: first + 3, planned: 1, created: 0, notMade: 0 }, // not of the span
  ]
  const nothing = { minute: first + 1, planned: 0, created: 0, notMade: 0 }
  expect(runMinutesOf(run, there)).toEqual([there[1], nothing, there[0]])
})

async function openMinutes() {
  const data = await makeTestData()
  const [store, other] = [await data.open(), await data.open()]
  let reads = 0
  const counted: Store = {
    ...store,
    runMinutes(...given) {
      reads += 1
      return store.runMinutes(...given)
    },
  }
  const stopping = new AbortController()
  const hub = createEventHub()
  atEnd(async () => stopping.abort())
  const minutesOf = createRunMinutes({ store: counted, siteId, hub, clock: machineClock }, stopping.signal)
  await store.createRun(RUN, newSlots(4))
  const notMadeNow = async (): Promise<number> =>
    (await minutesOf(runId)).reduce((sum, { notMade }) => sum + notMade, 0)
  return { hub, store, other, minutesOf, notMadeNow, reads: () => reads }
}

const failed = (slot: number) =>
  ({
    slot,
    state: 'failed',
    answeredAtMs: 1,
    latenessMs: 1,
    issueId: null,
    issueKey: null,
    reason: null,
  }) as const

test('they are read once for all who ask at once, and kept until the ledger changes', async () => {
  const { store, minutesOf, notMadeNow, reads } = await openMinutes()
  const all = await Promise.all(Array.from({ length: 100 }, () => minutesOf(runId)))
  expect(new Set(all).size).toBe(1)
  expect(all[0]?.reduce((sum, { planned }) => sum + planned, 0)).toBe(4)
  expect(reads()).toBe(1)
  const readsOfTen = async (): Promise<number> => {
    const before = reads()
    for (let times = 0; times < 10; times++) await minutesOf(runId)
    return reads() - before
  }
  await expect.poll(readsOfTen).toBe(0) // word of the run's making may come late
  for (const slot of [0, 1, 2]) {
    await store.claimSlots(siteId, runId, [slot], 1)
    await store.recordSlots(siteId, runId, [failed(slot)])
    await expect.poll(notMadeNow).toBe(slot + 1) // with a server, when its word of the commit is here
  }
})

test('who hears that the run has changed reads what is there then', async () => {
  const { hub, store, notMadeNow } = await openMinutes()
  for (let slot = 0; slot < 4; slot++) {
    await notMadeNow()
    await store.claimSlots(siteId, runId, [slot], 1)
    await store.recordSlots(siteId, runId, [failed(slot)])
    hub.publish('run.changed', {} as RunProgress)
    expect(await notMadeNow()).toBe(slot + 1)
  }
})

test('they change when another process works on the run', async () => {
  const { other, notMadeNow } = await openMinutes()
  expect(await notMadeNow()).toBe(0)
  await other.claimSlots(siteId, runId, [1], 1)
  await other.recordSlots(siteId, runId, [failed(1)])
  await expect.poll(notMadeNow).toBe(1)
})

test('what was read while the ledger changed is kept for nobody', async () => {
  const { store, notMadeNow } = await openMinutes()
  for (let slot = 0; slot < 4; slot++) {
    const asked = notMadeNow()
    await store.claimSlots(siteId, runId, [slot], 1)
    await store.recordSlots(siteId, runId, [failed(slot)])
    expect(await asked).toBeLessThanOrEqual(slot + 1)
    await expect.poll(notMadeNow).toBe(slot + 1)
  }
})

test('of a run that is not there: not-found', async () => {
  const { minutesOf } = await openMinutes()
  await expect(minutesOf('nosuchrun')).rejects.toMatchObject({ code: 'not-found' })
})
