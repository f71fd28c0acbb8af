import { describe, expect, test } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { leaseOwner } from '../leases/lease-owner.ts'
import type { Store } from '../store/store.ts'
import { createAwayStore } from '../../test-support/store/away.ts'
import { openBench, progressWhere, sharedSandbox } from '../../test-support/generator/generator.ts'

const shared = sharedSandbox()

/** Twenty minutes in two thirds of a second. */
const RUN = { count: 60, minutes: 20, compress: 1_800, seed: 7 }

describe('a stop', () => {
  test('that comes while the other process pauses the run stops it all the same', async () => {
    const bench = await openBench(shared())
    const begun = progressWhere(bench, ({ created }) => created > 5)
    const worker = bench.generator()
    const { runId } = await worker.start(RUN)
    await begun
    const store: Store = {
      ...bench.store,
      async setRequestedState(...given) {
        await worker.pause()
        return bench.store.setRequestedState(...given)
      },
    }
    const other = bench.generator({ store })
    expect(await other.stop()).toMatchObject({ runId, state: 'stopped' })
    expect(await bench.store.run(bench.sandbox.siteId, runId)).toMatchObject({ state: 'stopped' })
  })

  test('that comes while this process has just paused the run stops it all the same', async () => {
    const bench = await openBench(shared())
    const begun = progressWhere(bench, ({ created }) => created > 5)
    const [marking, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const store: Store = {
      ...bench.store,
      async setRunState(...given) {
        marking.resolve()
        await goOn.promise
        return bench.store.setRunState(...given)
      },
    }
    let isAway = false
    const generator = bench.generator({
      store,
      jira: {
        ...bench.jira,
        create: (...given) =>
          isAway
            ? Promise.reject(new AppError('jira-unreachable', 'Jira is away.'))
            : bench.jira.create(...given),
      },
    })
    const { runId } = await generator.start(RUN)
    await begun
    isAway = true
    await marking.promise
    const stopped = generator.stop()
    goOn.resolve()
    expect(await stopped).toMatchObject({ runId, state: 'stopped' })
    expect(await bench.store.run(bench.sandbox.siteId, runId)).toMatchObject({ state: 'stopped' })
  })
})

test('a pause that comes while the other process stops the run leaves it stopped', async () => {
  const bench = await openBench(shared())
  const begun = progressWhere(bench, ({ created }) => created > 5)
  const worker = bench.generator({ owner: leaseOwner() })
  const { runId } = await worker.start(RUN)
  await begun
  let looks = 0
  const store: Store = {
    ...bench.store,
    async leaseHolder(...given) {
      if (++looks === 2) await worker.stop()
      return bench.store.leaseHolder(...given)
    },
  }
  expect(await bench.generator({ store }).pause()).toMatchObject({ runId, state: 'stopped' })
  expect(await bench.store.run(bench.sandbox.siteId, runId)).toMatchObject({ state: 'stopped' })
})

describe('what another process asks of a run', () => {
  test('is obeyed by one that waited for its store meanwhile', async () => {
    const bench = await openBench(shared())
    const away = createAwayStore(bench.store)
    const worker = bench.generator({ store: away.store })
    const begun = progressWhere(bench, ({ created }) => created > 5)
    const { runId } = await worker.start(RUN)
    await begun
    const waits = progressWhere(bench, ({ state }) => state === 'paused')
    away.goAway()
    await waits
    // Its lease has not run out yet.
    const paused = bench.generator().pause()
    await expect
      .poll(async () => (await bench.store.run(bench.sandbox.siteId, runId))?.requested, { timeout: 20_000 })
      .toBe('pause')
    away.comeBack()
    worker.storeBack()
    expect(await paused).toMatchObject({ runId, state: 'paused' })
    await expect.poll(() => worker.works()).toBe(false)
    expect(await bench.store.run(bench.sandbox.siteId, runId)).toMatchObject({ state: 'paused' })
  })

  test('is asked again where somebody goes on with the run at that moment', async () => {
    const bench = await openBench(shared())
    const begun = progressWhere(bench, ({ created }) => created > 5)
    const worker = bench.generator()
    const { runId } = await worker.start({ ...RUN, compress: 300 })
    await begun
    let isFirst = true
    const store: Store = {
      ...bench.store,
      async setRequestedState(...given) {
        if (isFirst) isFirst = false
        else await bench.store.setRequestedState(...given)
      },
    }
    expect(await bench.generator({ store }).pause()).toMatchObject({ runId, state: 'paused' })
  })
})

const away = (): Promise<never> => Promise.reject(new AppError('not-authenticated', 'Jira knows us no more.'))

test('a pause waits until nothing can come any more, also where Jira cannot be asked', async () => {
  const bench = await openBench(shared())
  const IN_FLIGHT_MS = 1_500
  const [lost, goOn] = [Promise.withResolvers<number>(), Promise.withResolvers<void>()]
  let calls = 0
  const generator = bench.generator({
    inFlightMs: IN_FLIGHT_MS,
    jira: {
      ...bench.jira,
      search: away,
      byIds: away,
      async create(...given) {
        if (++calls !== 5) return bench.jira.create(...given)
        lost.resolve(performance.now())
        await goOn.promise
        throw new AppError('ambiguous', 'It is not known whether the ticket was made.')
      },
    },
  })
  const { runId } = await generator.start({ ...RUN, compress: 300 })
  const lostAt = await lost.promise
  const pausing = generator.pause()
  goOn.resolve()
  const paused = await pausing
  expect(performance.now() - lostAt).toBeGreaterThan(IN_FLIGHT_MS * 0.9)
  expect(paused.state).toBe('paused')
  const slots = await bench.store.slots(bench.sandbox.siteId, runId)
  expect(slots.filter(({ state }) => state === 'sent')).toHaveLength(1)
})
