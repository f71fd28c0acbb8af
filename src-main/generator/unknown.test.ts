import { describe, expect, test } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Jira } from '../jira/jira.ts'
import type { Generator } from './runner.ts'
import { onceEach, openBench, sharedSandbox, type Bench } from '../../test-support/generator/generator.ts'

const shared = sharedSandbox()

/** Ten minutes in a third of a second. */
const SHORT = { count: 20, minutes: 10, compress: 1_800, seed: 7 }

/** A run that is done but for one unknown slot, whose ticket was made or not. Its Jira did not show keys meanwhile. */
async function leaveUnknown(bench: Bench, made: boolean): Promise<{ runId: string; next: () => Generator }> {
  const kind = made ? 'reset-after' : 'reset-before'
  const match = { method: 'POST', path: '/rest/api/3/issue$' }
  await bench.sandbox.setFaults([{ match, kind, times: 1, after: 3 }])
  await bench.sandbox.setSettings({ indexLag: { kind: 'fixed', ms: 86_400_000 } })
  const blind: Jira = { ...bench.jira, byIds: async () => [] }
  const generator = bench.generator({ jira: blind, patienceMs: 0 })
  const { runId } = await generator.start(SHORT)
  expect(await generator.finished()).toMatchObject({ state: 'done', created: 19, unknown: 1 })
  return { runId, next: () => bench.generator() }
}

describe('a run that is done but for a slot that nobody knows of', () => {
  test.each(['look', 'send', 'drop'] as const)(
    'finds its ticket where there is one, whatever was decided (%s)',
    async (unknown) => {
      const bench = await openBench(shared())
      const { runId, next } = await leaveUnknown(bench, true)
      const generator = next()
      await generator.resume({ runId, unknown })
      expect(await generator.finished()).toMatchObject({ state: 'done', created: 20, unknown: 0, failed: 0 })
      expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(20))
    },
  )

  test('look: stays unknown where there is none', async () => {
    const bench = await openBench(shared())
    const { runId, next } = await leaveUnknown(bench, false)
    const generator = next()
    await generator.resume({ runId, unknown: 'look' })
    expect(await generator.finished()).toMatchObject({ state: 'done', created: 19, unknown: 1 })
    expect(await bench.store.run(bench.sandbox.siteId, runId)).toMatchObject({ state: 'done' })
  })

  test('look: while Jira cannot be asked, the run stays done and says why', async () => {
    const bench = await openBench(shared())
    const { runId } = await leaveUnknown(bench, false)
    const error = new AppError('jira-unreachable', 'Jira does not answer.', { hint: 'Try later.' })
    const byIds = (): Promise<never> => Promise.reject(error)
    const generator = bench.generator({ jira: { ...bench.jira, search: byIds, byIds } })
    await generator.resume({ runId, unknown: 'look' })
    expect(await generator.finished()).toMatchObject({
      state: 'done',
      unknown: 1,
      reason: 'Jira does not answer. Try later.',
    })
  })

  test('send: sends it again, once', async () => {
    const bench = await openBench(shared())
    const { runId, next } = await leaveUnknown(bench, false)
    const generator = next()
    await generator.resume({ unknown: 'send' })
    expect(await generator.finished()).toMatchObject({ state: 'done', created: 20, unknown: 0 })
    expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(20))
  })

  test('drop: counts as not made, with the reason', async () => {
    const bench = await openBench(shared())
    const { runId, next } = await leaveUnknown(bench, false)
    const generator = next()
    await generator.resume({ runId, unknown: 'drop' })
    expect(await generator.finished()).toMatchObject({ state: 'done', created: 19, unknown: 0, failed: 1 })
    const slots = await bench.store.slots(bench.sandbox.siteId, runId)
    expect(slots.find(({ state }) => state === 'failed')?.reason).toMatch(/decided to count it as not made/)
  })

  test('cannot be gone on with where nothing is said about it, nor is another run named', async () => {
    const bench = await openBench(shared())
    const { runId, next } = await leaveUnknown(bench, false)
    await expect(next().resume({ runId })).rejects.toMatchObject({ code: 'not-found' })
    await expect(next().resume({ runId: 'nosuchid' })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('nosuchid'),
    })
  })
})

test('a run that was stopped stays so when its unknown slots are looked for, and sends nothing that was planned', async () => {
  const bench = await openBench(shared())
  const { siteId } = bench.sandbox
  const { runId, next } = await leaveUnknown(bench, false)
  const { data, store } = bench
  await data.query(
    `UPDATE slots SET state = 'planned', sent_ms = NULL, issue_id = NULL, issue_key = NULL WHERE slot > 17 AND run_id = '${runId}'`,
  )
  await store.setRunState(siteId, runId, 'stopped', bench.siteTime.now())
  const generator = next()
  await generator.resume({ runId, unknown: 'look' })
  expect(await generator.finished()).toMatchObject({ state: 'stopped', created: 17, unknown: 1 })

  await generator.resume({ runId, unknown: 'send' })
  expect(await generator.finished()).toMatchObject({ state: 'done', created: 18, unknown: 0, skipped: 2 })
  const skipped = (await store.slots(siteId, runId)).filter(({ state }) => state === 'skipped')
  expect(skipped.map(({ reason }) => reason)).toEqual([
    expect.stringContaining('stopped'),
    expect.stringContaining('stopped'),
  ])
})
