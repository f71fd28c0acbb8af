import { describe, expect, test } from 'vitest'
import {
  onceEach,
  openBench,
  openOwnBench,
  progressWhere,
  sharedSandbox,
} from '../../test-support/generator/generator.ts'

const shared = sharedSandbox()

const SHORT = { count: 30, minutes: 10, compress: 1_800, seed: 7 }
const TWO_PROJECTS = {
  projects: [
    { key: 'OPS', name: 'Operations' },
    { key: 'TPM', name: 'Tickets per minute' },
  ],
}

describe('a run is not begun', () => {
  test('compressed where the site stamps its tickets itself', async () => {
    const bench = await openBench(shared())
    const parts = { compress: undefined } as object
    const generator = bench.generator(parts)
    await expect(generator.start(SHORT)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('stamps'),
    })
    expect(await bench.store.lastRun(bench.sandbox.siteId)).toBeNull()
  })

  test('where several projects could be meant, and their keys are reported', async () => {
    const bench = await openOwnBench(TWO_PROJECTS)
    await expect(bench.generator().start(SHORT)).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringMatching(/OPS, TPM/),
    })
    await expect(bench.generator().start({ ...SHORT, projectKey: 'NONE' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('NONE'),
    })
  })

  test('where tickets cannot be given a priority', async () => {
    const bench = await openOwnBench({ priorityOnScreen: false })
    await expect(bench.generator().start(SHORT)).rejects.toMatchObject({
      code: 'jira-refused',
      hint: expect.stringContaining('create screen'),
    })
    expect(await bench.sandbox.truth()).toEqual([])
  })

  test('with numbers or weights that make no sense', async () => {
    const generator = (await openBench(shared())).generator()
    await expect(generator.start({ ...SHORT, count: 0 })).rejects.toMatchObject({ code: 'usage' })
    await expect(generator.start({ ...SHORT, weights: { Urgent: 1 } })).rejects.toMatchObject({
      code: 'usage',
    })
  })

  test('while another one is under way, here or in another process', async () => {
    const bench = await openBench(shared())
    const generator = bench.generator()
    const { runId } = await generator.start({ ...SHORT, minutes: 60 })
    await expect(generator.start(SHORT)).rejects.toMatchObject({ code: 'busy' })
    const other = bench.generator()
    await expect(other.start(SHORT)).rejects.toMatchObject({ code: 'busy' })
    expect(await other.current()).toMatchObject({ runId, state: 'running', reason: null })
    expect(await generator.finished()).toMatchObject({ state: 'done', created: 30 })
    expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(30))
  })
})

describe('a run goes to', () => {
  test('the project that it names, or else the one that is configured', async () => {
    const bench = await openOwnBench(TWO_PROJECTS)
    const generator = bench.generator({ projectKey: 'TPM' })
    expect(await generator.start({ ...SHORT, projectKey: 'ops' })).toMatchObject({ projectKey: 'OPS' })
    await progressWhere(bench, ({ created }) => created > 0)
    await generator.stop()
    expect((await bench.sandbox.truth()).every(({ projectKey }) => projectKey === 'OPS')).toBe(true)
    expect(await generator.start(SHORT)).toMatchObject({ projectKey: 'TPM' })
  })
})
