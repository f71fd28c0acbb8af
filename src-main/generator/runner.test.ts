import { describe, expect, test } from 'vitest'
import { minuteOf } from '../../src-shared/domain/minute.ts'
import { runLabel } from './marks.ts'
import { onceEach, openBench, progressWhere, sharedSandbox } from '../../test-support/generator/generator.ts'

const shared = sharedSandbox()

/** An hour in two seconds. */
const HOUR = { count: 100, minutes: 60, compress: 1_800, seed: 7 }

/** Ten minutes in a third of a second. */
const SHORT = { count: 30, minutes: 10, compress: 1_800, seed: 7 }

describe('a run', () => {
  test('makes exactly the asked tickets, each once and in its minute', async () => {
    const bench = await openBench(shared())
    const generator = bench.generator()
    const begun = await generator.start(HOUR)
    expect(begun).toMatchObject({ state: 'running', planned: 100, seed: 7, projectKey: 'TPM', rate: 1_800 })
    const end = await generator.finished()
    expect(end).toMatchObject({ state: 'done', created: 100, failed: 0, unknown: 0, reason: null })

    expect(await bench.ticketsBySlot(begun.runId)).toEqual(onceEach(100))
    const slots = await bench.store.slots(bench.sandbox.siteId, begun.runId)
    expect(new Set(bench.reported)).toEqual(new Set(slots.map(({ issueId }) => issueId)))

    // The site stamps a ticket when it arrives there: some ms of real time, so half a minute of this one, later.
    const planned = new Map(slots.map(({ issueId, plannedMs }) => [issueId, plannedMs]))
    const truth = await bench.sandbox.truth(runLabel(begun.runId))
    const early = truth.filter(({ id, createdMs }) => createdMs < (planned.get(id) ?? Infinity))
    expect(early).toEqual([])
    expect(minuteOf(end.endMs) - minuteOf(end.startMs)).toBe(60)
  })

  test('gives each ticket the priority, the labels, the mark and the text of its slot', async () => {
    const bench = await openBench(shared())
    const generator = bench.generator()
    const { runId } = await generator.start({ ...SHORT, count: 5, weights: { High: 1 } })
    await generator.finished()
    const truth = await bench.sandbox.truth(runLabel(runId))
    expect(truth).toHaveLength(5)
    for (const { labels, priorityId, title } of truth) {
      expect(labels).toEqual(['jira-tpm', runLabel(runId)])
      expect(priorityId).toBe(2)
      expect(title.length).toBeGreaterThan(10)
    }
    expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(5))
  })

  test('tells how far it is, up to its end', async () => {
    const bench = await openBench(shared())
    const generator = bench.generator()
    await generator.start(HOUR)
    await generator.finished()
    const created = bench.published.map((progress) => progress.created)
    expect(created).toEqual(created.toSorted((a, b) => a - b))
    expect(created.length).toBeGreaterThan(3)
    expect(created.length).toBeLessThan(30)
    expect(bench.published.at(-1)).toMatchObject({ state: 'done', created: 100 })
  })

  test('leaves the site’s clock as fast as the machine’s', async () => {
    const bench = await openBench(shared())
    const generator = bench.generator()
    const rates: number[] = []
    bench.hub.on('run.changed', ({ state }) => {
      if (state === 'running') rates.push(bench.siteTime.current().rate)
    })
    await generator.start({ ...SHORT, count: 3 })
    await generator.finished()
    expect(rates).toContain(1_800)
    expect(bench.siteTime.current().rate).toBe(1)
  })

  test('is reproduced by its seed', async () => {
    const bench = await openBench(shared())
    const generator = bench.generator()
    const first = await generator.start(SHORT)
    await generator.finished()
    const second = await generator.start(SHORT)
    await generator.finished()
    const facts = async (runId: string): Promise<string[]> =>
      (await bench.sandbox.truth(runLabel(runId)))
        .map(({ title, priorityId }) => `${priorityId} ${title}`)
        .toSorted()
    expect(await facts(second.runId)).toEqual(await facts(first.runId))
    expect(second.runId).not.toBe(first.runId)
  })
})

describe('a run that is paused', () => {
  test('makes no further ticket, and the rest with the same spacing when it goes on', async () => {
    const bench = await openBench(shared())
    const generator = bench.generator()
    const { runId, endMs } = await generator.start({ ...HOUR, minutes: 20, count: 60 })
    const before = await bench.store.slots(bench.sandbox.siteId, runId)
    await progressWhere(bench, ({ created }) => created > 10)
    const paused = await generator.pause()
    expect(paused.state).toBe('paused')
    expect(paused.created).toBeLessThan(60)
    expect(bench.siteTime.current().rate).toBe(1)
    expect(await bench.sandbox.truth(runLabel(runId))).toHaveLength(paused.created)
    expect(await generator.current()).toEqual(paused)
    const held = await bench.store.slots(bench.sandbox.siteId, runId)

    const resumed = await generator.resume()
    expect(resumed).toMatchObject({ runId, state: 'running', created: paused.created })
    expect(resumed.endMs).toBeGreaterThan(endMs)
    expect(resumed.shiftedMs).toBe(resumed.endMs - endMs)
    expect(await generator.finished()).toMatchObject({ state: 'done', created: 60 })
    expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(60))

    const after = await bench.store.slots(bench.sandbox.siteId, runId)
    const shifts = after.map(({ plannedMs }, slot) => plannedMs - (before[slot]?.plannedMs ?? 0))
    const madeBefore = held.map(({ state }) => state === 'created')
    expect(madeBefore.filter(Boolean)).toHaveLength(paused.created)
    expect(shifts).toEqual(madeBefore.map((made) => (made ? 0 : resumed.endMs - endMs)))
  })

  test('is paused for everyone who asked for it meanwhile', async () => {
    const bench = await openBench(shared())
    const generator = bench.generator()
    const { runId } = await generator.start({ ...HOUR, minutes: 20, count: 60 })
    await progressWhere(bench, ({ created }) => created > 5)
    const paused = await Promise.all([generator.pause(), generator.pause()])
    expect(paused).toMatchObject([
      { runId, state: 'paused' },
      { runId, state: 'paused' },
    ])
  })

  test('can be taken up by another process', async () => {
    const bench = await openBench(shared())
    const first = bench.generator()
    const { runId } = await first.start({ ...HOUR, minutes: 20, count: 40 })
    await progressWhere(bench, ({ created }) => created > 5)
    await first.close()
    const second = bench.generator()
    expect(await second.current()).toMatchObject({
      runId,
      state: 'paused',
      reason: expect.stringMatching(/resume/i),
    })
    await second.resume()
    expect(await second.finished()).toMatchObject({ state: 'done', created: 40 })
    expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(40))
  })
})

describe('a run that is stopped', () => {
  test('makes no further ticket and cannot go on', async () => {
    const bench = await openBench(shared())
    const generator = bench.generator()
    const { runId } = await generator.start({ ...HOUR, minutes: 20, count: 60 })
    await progressWhere(bench, ({ created }) => created > 10)
    const stopped = await generator.stop()
    expect(stopped.state).toBe('stopped')
    expect(bench.siteTime.current().rate).toBe(1)
    expect(await bench.sandbox.truth(runLabel(runId))).toHaveLength(stopped.created)
    expect(await generator.finished()).toEqual(stopped)
    await expect(generator.resume()).rejects.toMatchObject({ code: 'not-found' })
  })

  test('is stopped for everyone who asked for it, also where another paused it meanwhile', async () => {
    const bench = await openBench(shared())
    const generator = bench.generator()
    const { runId } = await generator.start({ ...HOUR, minutes: 20, count: 60 })
    await progressWhere(bench, ({ created }) => created > 5)
    const said = await Promise.all([generator.pause(), generator.stop(), generator.stop(), generator.pause()])
    expect(said.map(({ state }) => state)).toEqual(['paused', 'stopped', 'stopped', 'stopped'])
    expect(await bench.store.run(bench.sandbox.siteId, runId)).toMatchObject({ state: 'stopped' })
  })

  test('may have been paused before', async () => {
    const bench = await openBench(shared())
    const generator = bench.generator()
    await generator.start(SHORT)
    const paused = await generator.pause()
    expect(await generator.stop()).toMatchObject({ state: 'stopped', created: paused.created })
  })
})

describe('without a run', () => {
  test('there is nothing to show, pause, resume or stop', async () => {
    const generator = (await openBench(shared())).generator()
    expect(await generator.current()).toBeNull()
    await expect(generator.pause()).rejects.toMatchObject({ code: 'not-found' })
    await expect(generator.resume()).rejects.toMatchObject({ code: 'not-found' })
    await expect(generator.stop()).rejects.toMatchObject({ code: 'not-found' })
    await expect(generator.finished()).rejects.toMatchObject({ code: 'not-found' })
  })
})
