import { expect, test, vi } from 'vitest'
import { keepDemoRunning } from './demo-run.ts'
import type { Generator } from '../generator/runner.ts'
import {
  openBench,
  progressWhere,
  sharedSandbox,
  type Bench,
} from '../../test-support/generator/generator.ts'

const shared = sharedSandbox()

/** Twenty minutes in ten seconds. */
const RUN = { count: 60, minutes: 20, compress: 120, seed: 7 }

/** A run of which some tickets are made, in a program of its own. */
async function beginRun(bench: Bench): Promise<{ generator: Generator; runId: string }> {
  const generator = bench.generator()
  const begun = progressWhere(bench, ({ created }) => created > 2)
  const { runId } = await generator.start(RUN)
  await begun
  return { generator, runId }
}

/** Opens the demo in a further program; `said` hears why nothing was begun. */
function openDemo(bench: Bench): { generator: Generator; said: ReturnType<typeof vi.fn> } {
  const generator = bench.generator()
  const said = vi.fn()
  const log = { info: said, error: said }
  const { store, sandbox } = bench
  keepDemoRunning({ siteId: sandbox.siteId, store, generator, log }, new AbortController().signal)
  return { generator, said }
}

test('the demo goes on with the run whose program was closed', async () => {
  const bench = await openBench(shared())
  const { generator, runId } = await beginRun(bench)
  await generator.close()
  const goesOn = progressWhere(bench, ({ state }) => state === 'running')
  openDemo(bench)
  expect((await goesOn).runId).toBe(runId)
})

test('the demo goes on with the run whose program was killed', async () => {
  const bench = await openBench(shared())
  const { generator, runId } = await beginRun(bench)
  await generator.close()
  await bench.store.setRunState(bench.sandbox.siteId, runId, 'running', bench.siteTime.now())
  const goesOn = progressWhere(bench, ({ state }) => state === 'running')
  openDemo(bench)
  expect((await goesOn).runId).toBe(runId)
})

test('where no run was ever made, one begins; where one is over, no other', async () => {
  const bench = await openBench(shared())
  const begins = progressWhere(bench, ({ state }) => state === 'running')
  const { generator } = openDemo(bench)
  const { runId } = await begins
  await generator.stop()
  await generator.close()
  const { generator: next, said } = openDemo(bench)
  await vi.waitFor(() =>
    expect(said).toHaveBeenCalledWith({ runId }, expect.stringContaining('has been used')),
  )
  expect(await next.current()).toMatchObject({ runId, state: 'stopped' })
})

test.each([
  ['in its own program', (own: Generator) => own],
  ['in another one', (_own: Generator, bench: Bench) => bench.generator()],
])('a run that a person paused %s stays paused when the demo is opened again', async (_where, who) => {
  const bench = await openBench(shared())
  const { generator, runId } = await beginRun(bench)
  await who(generator, bench).pause()
  await generator.close()
  const { generator: next, said } = openDemo(bench)
  await vi.waitFor(() => expect(said).toHaveBeenCalledOnce())
  expect(await next.current()).toMatchObject({ runId, state: 'paused' })
  expect(next.works()).toBe(false)
})

test('a run that was to be paused, and whose program was killed before, does not go on with the demo', async () => {
  const bench = await openBench(shared())
  const { generator, runId } = await beginRun(bench)
  await generator.close()
  const { siteId } = bench.sandbox
  await bench.store.setRunState(siteId, runId, 'running', bench.siteTime.now())
  await bench.store.setRequestedState(siteId, runId, 'pause')
  const { generator: next, said } = openDemo(bench)
  await vi.waitFor(() => expect(said).toHaveBeenCalledOnce())
  expect(next.works()).toBe(false)
})

test('a run that a person paused and resumed goes on with the demo again', async () => {
  const bench = await openBench(shared())
  const { generator, runId } = await beginRun(bench)
  await generator.pause()
  await generator.resume()
  await generator.close()
  const goesOn = progressWhere(bench, ({ state }) => state === 'running')
  openDemo(bench)
  expect((await goesOn).runId).toBe(runId)
})
