import { expect, test } from 'vitest'
import { machineClock } from '../../runtime/clock.ts'
import type { GeneratorParts } from '../parts.ts'
import { draftRun, storeRun } from './new-run.ts'
import { openBench, sharedSandbox, type Bench } from '../../../test-support/generator/generator.ts'

const shared = sharedSandbox({
  projects: [
    { key: 'OPS', name: 'Operations' },
    { key: 'TPM', name: 'Tickets per minute' },
  ],
})
const signal = AbortSignal.timeout(60_000)

test('a run over several projects and issue types is in the ledger as it was planned', async () => {
  const bench = await openBench(shared())
  const parts = partsOf(bench)
  const request = {
    profile: ' 30m@50, 10m@200,20m@50 ',
    seed: 7,
    projects: { tpm: 2, OPS: 1 },
    types: { bug: 3, Task: 1 },
    weights: { HIGH: 1, Low: 1 },
  }
  const draft = await draftRun(parts, request, signal)
  expect(draft).toMatchObject({ seed: 7, rate: 1, profile: '30m@50,10m@200,20m@50' })
  const run = await storeRun(parts, draft)
  expect(run).toMatchObject({
    projectKey: 'TPM, OPS',
    profile: '30m@50,10m@200,20m@50',
    planned: 75,
    state: 'planned',
    requested: null,
  })
  expect(run.endMs - run.startMs).toBe(3_600_000)
  expect(await bench.store.run(bench.sandbox.siteId, run.runId)).toEqual(run)

  const slots = await bench.store.slots(bench.sandbox.siteId, run.runId)
  expect(slots).toMatchObject(
    draft.plan.slots.map(({ offsetMs, ...slot }) => ({ ...slot, plannedMs: run.startMs + offsetMs })),
  )
  expect(distinct(slots.map(({ projectKey }) => projectKey))).toEqual(['OPS', 'TPM'])
  expect(distinct(slots.map(({ issueTypeId }) => issueTypeId))).toHaveLength(2)
  expect(distinct(slots.map(({ priorityId }) => priorityId))).toEqual(['2', '4'])
})

test('the same request gives the same plan, and without a seed another each time', async () => {
  const parts = partsOf(await openBench(shared()))
  const request = { projects: { OPS: 1, TPM: 1 }, profile: 'sine 2' }
  const planOf = async (seed?: number): Promise<unknown> =>
    (await draftRun(parts, { ...request, ...(seed !== undefined && { seed }) }, signal)).plan
  expect(await planOf(7)).toEqual(await planOf(7))
  expect(await planOf()).not.toEqual(await planOf())
})

test('a run of watched priorities alone has no other, and the ledger says that it was asked for', async () => {
  const watched = [
    { id: '1', name: 'Highest' },
    { id: '2', name: 'High' },
  ]
  const parts = { ...partsOf(await openBench(shared())), watched }
  const run = await storeRun(parts, await draftRun(parts, { projectKey: 'OPS', mix: 'watched' }, signal))
  expect(run.mix).toBe('watched')
  expect(await parts.store.run(run.siteId, run.runId)).toMatchObject({ mix: 'watched', planned: 100 })
  const slots = await parts.store.slots(run.siteId, run.runId)
  expect(distinct(slots.map(({ priorityId }) => priorityId))).toEqual(['1', '2'])
  const usual = await storeRun(parts, await draftRun(parts, { projectKey: 'OPS' }, signal))
  expect(usual.mix).toBe('all')
})

test('a replay is named in the ledger, and its tickets have their own priorities', async () => {
  const parts = partsOf(await openBench(shared()))
  const replay = {
    name: 'may.csv',
    offsetsMs: [0, 500, 90_000],
    priorities: ['low', 'Highest'],
    priorityOf: [0, 1, 0],
  }
  const draft = await draftRun(parts, { replay, projectKey: 'OPS', seed: 7 }, signal)
  expect(draft.profile).toBe('replay may.csv')
  expect(draft.plan).toMatchObject({
    spanMs: 90_001,
    slots: [
      { offsetMs: 0, priorityId: '4', projectKey: 'OPS' },
      { offsetMs: 500, priorityId: '1' },
      { offsetMs: 90_000, priorityId: '4' },
    ],
  })
})

test.each([
  [{ profile: 'spike 30m x5 10q' }, '"10q" at character 14 is no duration'],
  [{ profile: 'steady', minutes: 0.01 }, 'number of minutes cannot be 0.01'],
  [{ weights: { Blocker: 1 } }, 'The project OPS has no priority "Blocker"'],
  [{ types: { Epic: 1 } }, 'The project OPS has no issue type "Epic"'],
])('%j is refused in words', async (wrong, words) => {
  const parts = partsOf(await openBench(shared()))
  await expect(draftRun(parts, { projectKey: 'OPS', ...wrong }, signal)).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining(words),
  })
})

function partsOf({ sandbox, store, jira, siteTime, hub, compress }: Bench): GeneratorParts {
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  const owner = 'a test'
  return {
    siteId: sandbox.siteId,
    store,
    jira,
    siteTime,
    hub,
    compress,
    owner,
    log,
    clock: machineClock,
    onCreated: () => {},
  }
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)].toSorted()
}
