import { describe, expect, test, vi } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { createCloudJira } from '../jira/cloud/cloud.ts'
import { hastyClock } from '../../test-support/sync/sync.ts'
import { KINDS, never, openCleanUpBench } from '../../test-support/clean-up/clean-up.ts'

describe.each(KINDS)('with a Jira of the kind %s', (kind) => {
  test.each(['status-429', 'status-503', 'reset-before', 'reset-after', 'applied-500', 'late'] as const)(
    '%s again and again in the middle: each ticket goes, and is told of once',
    async (fault) => {
      const bench = await openCleanUpBench(kind)
      const { runId } = await bench.makeRun(60)
      await bench.sync.now()
      await bench.sandbox.setFaults([
        {
          match: { method: 'DELETE' },
          kind: fault,
          times: 20,
          after: 5,
          rate: 0.12,
          seed: 7,
          retryAfterSeconds: null,
          ms: 20,
        },
        {
          match: { path: 'bulkfetch$|issue/\\d+$' },
          kind: fault,
          times: 3,
          after: 1,
          retryAfterSeconds: null,
          ms: 20,
        },
      ])
      expect(await bench.cleanUp(bench.desk(), runId)).toMatchObject({
        state: 'done',
        deleted: 60,
        total: 60,
      })
      expect(await bench.keys()).toEqual([])
      expect((await bench.store.runCounts(bench.siteId, runId, 0)).removed).toBe(60)
      await bench.expectChartIsTrue()
    },
  )
})

test.each(['stall-before', 'stall-after'] as const)(
  '%s: a deletion without an answer is sent again, which does no harm',
  async (kind) => {
    const bench = await openCleanUpBench('cloud')
    const { runId } = await bench.makeRun(30)
    const { url, email, apiToken } = bench.sandbox
    const jira = createCloudJira({ url, email, apiToken, clock: hastyClock, timeouts: { callMs: 700 } })
    await bench.sandbox.setFaults([{ match: { method: 'DELETE' }, kind, times: 3, after: 10 }])
    expect(await bench.cleanUp(bench.desk({ jira }), runId)).toMatchObject({ state: 'done', deleted: 30 })
    expect(await bench.keys()).toEqual([])
    expect((await bench.store.runCounts(bench.siteId, runId, 0)).removed).toBe(30)
  },
)

describe('trouble that stays ends it with its sentence, and it goes on from there', () => {
  test.each([
    ['status-503', 'has trouble of its own'],
    ['reset-before', 'broke the connection'],
    ['status-429', 'takes no more requests'],
    ['logged-out', 'did not accept'],
  ] as const)('%s', async (kind, sentence) => {
    const bench = await openCleanUpBench('cloud')
    const { runId } = await bench.makeRun(40)
    await bench.sandbox.setFaults([
      { match: { method: 'DELETE' }, kind, times: 100_000, after: 15, retryAfterSeconds: null },
    ])
    const end = await bench.cleanUp(bench.desk(), runId)
    expect(end).toMatchObject({ state: 'stopped', deleted: 15 })
    expect(end.failure?.message).toContain(sentence)
    expect(end.failure?.hint).toContain('Clean up again to go on')
    expect(await bench.keys()).toHaveLength(25)
    await bench.sandbox.setFaults([])
    expect(await bench.cleanUp(bench.desk(), runId)).toMatchObject({ state: 'done', total: 25, deleted: 25 })
    expect(await bench.keys()).toEqual([])
  })

  test('a store that cannot be written', async () => {
    const bench = await openCleanUpBench('cloud')
    const { runId } = await bench.makeRun(40)
    await bench.sync.now()
    let writes = 0
    const store: typeof bench.store = {
      ...bench.store,
      async markRemoved(...removed) {
        if (++writes > 1) throw new AppError('store-full', 'The disk is full. Nothing was stored.')
        return bench.store.markRemoved(...removed)
      },
    }
    const end = await bench.cleanUp(bench.desk({ store }), runId)
    expect(end).toMatchObject({
      state: 'stopped',
      failure: { message: 'The disk is full. Nothing was stored.' },
    })
    expect(end.deleted).toBe(40 - (await bench.keys()).length)
    expect(end.deleted).toBeLessThan(40)
    // What was deleted and not written is found to be gone, and leaves the chart then.
    expect(await bench.cleanUp(bench.desk(), runId)).toMatchObject({ state: 'done' })
    expect(await bench.keys()).toEqual([])
    await bench.expectChartIsTrue()
  })

  test('a lease that another process took over', async () => {
    const bench = await openCleanUpBench('cloud')
    const { runId } = await bench.makeRun(40)
    const { store } = bench
    let renewals = 0
    const desk = bench.desk({
      store: {
        ...store,
        takeLease: async (...lease) => ++renewals === 1 && store.takeLease(...lease),
      },
      jira: {
        ...bench.jira,
        async deleteTicket(id, signal) {
          await new Promise((resolve) => setTimeout(resolve, 400))
          return bench.jira.deleteTicket(id, signal)
        },
      },
    })
    const end = await bench.cleanUp(desk, runId)
    expect(end).toMatchObject({
      state: 'stopped',
      failure: { message: expect.stringContaining('another one has begun to work') },
    })
    expect((await bench.keys()).length).toBe(40 - end.deleted)
    expect(end.deleted).toBeLessThan(40)
  })
})

test('what was read ten seconds ago is read again before it is deleted', async () => {
  const bench = await openCleanUpBench('cloud')
  const { runId } = await bench.makeRun(8)
  let nowMs = 0
  let reads = 0
  const desk = bench.desk({
    clock: {
      now: () => nowMs,
      sleep: (_ms, signal) => new Promise((_, no) => signal.addEventListener('abort', no)),
    },
    jira: {
      ...bench.jira,
      async byIds(...asked) {
        reads++
        return bench.jira.byIds(...asked)
      },
      async deleteTicket(...ticket) {
        nowMs += 6_000
        return bench.jira.deleteTicket(...ticket)
      },
    },
  })
  await desk.start({ runId, confirmedSite: bench.siteId, count: 8 })
  await expect.poll(() => desk.current()?.state).toBe('done')
  // Two for the survey, and more than one for the deletions.
  expect(reads).toBeGreaterThanOrEqual(2 + 2)
  expect(desk.current()).toMatchObject({ deleted: 8 })
})

test('progress is reported at once, at most five times a second, and its end always', async () => {
  const bench = await openCleanUpBench('cloud')
  const { runId } = await bench.makeRun(300)
  const { told } = bench
  // A quick machine deletes them all before it is time to tell of the first.
  let deletions = 0
  const heard = (): boolean => told.some(({ deleted }) => deleted > 0)
  const desk = bench.desk({
    jira: {
      ...bench.jira,
      async deleteTicket(...ticket) {
        if (++deletions > 100) await vi.waitFor(() => expect(heard()).toBe(true))
        return bench.jira.deleteTicket(...ticket)
      },
    },
  })
  const beganMs = performance.now()
  const end = await bench.cleanUp(desk, runId)
  const seconds = (performance.now() - beganMs) / 1_000
  expect(told[0]).toMatchObject({ runId, state: 'running', total: 300, deleted: 0 })
  expect(told.at(-1)).toEqual(end)
  expect(told.filter(({ state }) => state !== 'running')).toHaveLength(1)
  expect(told.length).toBeGreaterThanOrEqual(3)
  expect(told.length).toBeLessThanOrEqual(5 * seconds + 3)
  expect(told.map(({ deleted }) => deleted)).toEqual(
    told.map(({ deleted }) => deleted).toSorted((a, b) => a - b),
  )
})

test('a thousand tickets go in reasonable time', { timeout: 120_000 }, async () => {
  const bench = await openCleanUpBench('cloud')
  const { runId } = await bench.makeRun(1_000)
  await bench.sync.now()
  const beganMs = performance.now()
  const preview = await bench.desk().preview(runId, never)
  const lookedMs = performance.now()
  expect(preview).toMatchObject({ count: 1_000, refusal: null })
  expect(preview.keys).toHaveLength(1_000)
  expect(await bench.cleanUp(bench.desk(), runId)).toMatchObject({ state: 'done', deleted: 1_000 })
  const seconds = (performance.now() - lookedMs) / 1_000
  console.log(
    `clean-up of 1,000 tickets (${bench.store.kind}): looked at in ${Math.round(lookedMs - beganMs)} ms, deleted in ${seconds.toFixed(1)} s, ${Math.round(1_000 / seconds)} tickets/s`,
  )
  expect(await bench.keys()).toEqual([])
  await bench.expectChartIsTrue()
  expect(seconds).toBeLessThan(60)
})
