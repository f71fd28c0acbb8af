import { describe, expect, test } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { leaseOwner } from '../leases/lease-owner.ts'
import { cleanUpOwner, RUN_LEASE } from './run-lease.ts'
import {
  openBench,
  progressWhere,
  sharedSandbox,
  type Bench,
} from '../../test-support/generator/generator.ts'

const shared = sharedSandbox()

const SHORT = { count: 3, minutes: 10, compress: 3_600, seed: 7 }

function refuse(): Promise<never> {
  return Promise.reject(new AppError('jira-unreachable', 'Jira is away.'))
}

async function runThrough(bench: Bench, profile = 'steady'): Promise<string> {
  const generator = bench.generator()
  const { runId } = await generator.start({ ...SHORT, profile })
  await generator.finished()
  return runId
}

describe('the runs of a Jira', () => {
  test('are listed newest first, page by page, each as it stands', async () => {
    const bench = await openBench(shared())
    const runs = [await runThrough(bench), await runThrough(bench, 'even'), await runThrough(bench, 'sine 3')]
    const viewer = bench.generator()
    const { runs: newest, more } = await viewer.list(2)
    expect(newest.map(({ runId, profile, state }) => [runId, profile, state])).toEqual([
      [runs[2], 'sine 3', 'done'],
      [runs[1], 'even', 'done'],
    ])
    expect(more).toBe(true)
    const older = await viewer.list(2, newest[1]?.startMs)
    expect(older.runs.map(({ runId }) => runId)).toEqual([runs[0]])
    expect(older.more).toBe(false)
    expect(await viewer.get(runs[1] ?? '')).toEqual(newest[1])
    expect(newest[0]?.lateness).toMatchObject({ maxMs: expect.any(Number) })
    await expect(viewer.get('nosuchid')).rejects.toMatchObject({ code: 'not-found' })
  })

  test('one that a dead process left is broken, also while another run is under way', async () => {
    const bench = await openBench(shared())
    const { siteId } = bench.sandbox
    const left = await runThrough(bench)
    await bench.store.setRunState(siteId, left, 'running', bench.siteTime.now())
    const worker = bench.generator()
    const begun = progressWhere(bench, ({ created }) => created > 0)
    const { runId } = await worker.start({ ...SHORT, count: 40, minutes: 60 })
    await begun
    const viewer = bench.generator()
    const { runs } = await viewer.list(10)
    expect(runs.map((run) => [run.runId, run.state, run.by])).toEqual([
      [runId, 'running', 'another program'],
      [left, 'broken', null],
    ])
    await worker.finished()
  })

  test('one that a dead process left is nobody’s while another process cleans up', async () => {
    const bench = await openBench(shared())
    const { siteId } = bench.sandbox
    const left = await runThrough(bench)
    await bench.store.setRunState(siteId, left, 'running', bench.siteTime.now())
    await bench.store.takeLease(siteId, RUN_LEASE, cleanUpOwner(leaseOwner()), 60_000)
    const viewer = bench.generator()
    expect(await viewer.get(left)).toMatchObject({ state: 'broken', by: null })
    await expect(viewer.stop()).rejects.toMatchObject({
      code: 'busy',
      message: expect.stringContaining('works on the tickets of this Jira'),
    })
  })

  test('an older one that a dead process left can be paused and stopped by its name', async () => {
    const bench = await openBench(shared())
    const { siteId } = bench.sandbox
    const left = await runThrough(bench)
    await bench.data.query(`UPDATE slots SET state = 'planned', sent_ms = NULL WHERE slot = 2`)
    const last = await runThrough(bench, 'even')
    await bench.store.setRunState(siteId, left, 'running', bench.siteTime.now())
    const generator = bench.generator()
    expect(await generator.get(left)).toMatchObject({ state: 'broken' })
    expect(await generator.pause(left)).toMatchObject({ runId: left, state: 'paused', created: 2 })
    expect(await bench.generator().stop(left)).toMatchObject({ runId: left, state: 'stopped', created: 2 })
    expect(await bench.generator().get(left)).toMatchObject({
      state: 'stopped',
      reason: 'It was stopped before its end.',
    })
    await expect(generator.stop(left)).rejects.toMatchObject({
      code: 'not-found',
      message: `There is no run to stop: run ${left} was stopped.`,
    })
    await expect(generator.stop()).rejects.toMatchObject({ message: expect.stringContaining(last) })
    await expect(generator.pause('nosuchid')).rejects.toMatchObject({ code: 'not-found' })
  })

  test('why one is paused is known in every process', async () => {
    const bench = await openBench(shared())
    const generator = bench.generator({ jira: { ...bench.jira, create: refuse } })
    const { runId } = await generator.start(SHORT)
    const paused = await generator.finished()
    expect(paused).toMatchObject({ state: 'paused', reason: 'Jira is away.' })
    expect(await bench.generator().get(runId)).toEqual(paused)
  })

  test('an older one can be gone on with by its name, and is then the one under way', async () => {
    const bench = await openBench(shared())
    const first = bench.generator()
    const begun = progressWhere(bench, ({ created }) => created > 0)
    const { runId } = await first.start({ ...SHORT, count: 20, minutes: 60 })
    await begun
    await first.pause()
    await runThrough(bench)
    const generator = bench.generator()
    expect(await generator.resume({ runId })).toMatchObject({ runId, state: 'running' })
    expect(await generator.current()).toMatchObject({ runId })
    expect(await bench.generator().current()).toMatchObject({ runId, state: 'running' })
    expect(await generator.pause()).toMatchObject({ runId, state: 'paused' })
    expect(await generator.stop()).toMatchObject({ runId, state: 'stopped' })
  })
})
