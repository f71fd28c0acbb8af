import { hostname } from 'node:os'
import { describe, expect, test } from 'vitest'
import { createSiteTime, machineClock, type Clock } from '../runtime/clock.ts'
import { leaseOwner } from '../leases/lease-owner.ts'
import type { Store } from '../store/store.ts'
import { runLabel } from './marks.ts'
import {
  onceEach,
  openBench,
  progressWhere,
  sharedSandbox,
  type Bench,
} from '../../test-support/generator/generator.ts'

const shared = sharedSandbox()

/** Twenty minutes in two thirds of a second. */
const RUN = { count: 60, minutes: 20, compress: 1_800, seed: 7 }
/** The same in five seconds: it is under way for as long as a test wants it to be. */
const SLOW_RUN = { ...RUN, compress: 240 }

/** A run under way in one generator, and another one beside it. */
async function openPair(bench: Bench) {
  const [worker, other] = [bench.generator({ owner: leaseOwner() }), bench.generator({ owner: leaseOwner() })]
  const begun = progressWhere(bench, ({ created }) => created > 5)
  const { runId } = await worker.start(SLOW_RUN)
  await begun
  return { worker, other, runId }
}

describe('a run that another process works on', () => {
  test('is shown with that process’s machine', async () => {
    const bench = await openBench(shared())
    const { other, runId } = await openPair(bench)
    expect(await other.current()).toMatchObject({ runId, state: 'running', by: hostname(), reason: null })
    expect(await other.get(runId)).toMatchObject({ state: 'running', by: hostname() })
  })

  test('cannot be gone on with, and it is said who works on it', async () => {
    const bench = await openBench(shared())
    const { worker, other, runId } = await openPair(bench)
    for (const again of [() => other.resume(), () => other.start(RUN)]) {
      await expect(again()).rejects.toMatchObject({
        code: 'busy',
        message: expect.stringContaining(`on ${hostname()}, works on run ${runId}. Nothing was begun`),
      })
    }
    expect(await worker.finished()).toMatchObject({ state: 'done', created: 60 })
    expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(60))
  })

  test.each(['pause', 'stop'] as const)('can be told to %s; then no further ticket comes', async (word) => {
    const bench = await openBench(shared())
    const { worker, other, runId } = await openPair(bench)
    const rests = await other[word]()
    expect(rests).toMatchObject({ runId, state: word === 'pause' ? 'paused' : 'stopped', by: null })
    const made = await bench.sandbox.truth(runLabel(runId))
    expect(made).toHaveLength(rests.created)
    expect(rests.created).toBeLessThan(60)
    expect(await worker.finished()).toMatchObject({ state: rests.state, created: rests.created })
    expect((await bench.store.run(bench.sandbox.siteId, runId))?.requested).toBe(word)
    expect(await bench.sandbox.truth(runLabel(runId))).toHaveLength(made.length)
  })

  test.each(['pause', 'stop'] as const)(
    'that was held up can be told to %s; when it wakes, it sends nothing more',
    async (word) => {
      const bench = await openBench(shared())
      const { runId, wake, worker } = await startHeldUp(bench)
      const other = bench.generator()
      const rests = await other[word]()
      expect(rests.state).toBe(word === 'pause' ? 'paused' : 'stopped')
      wake()
      await worker.finished()
      expect(await bench.sandbox.truth(runLabel(runId))).toHaveLength(rests.created)
      expect(await other.get(runId)).toMatchObject({ state: rests.state, created: rests.created })
    },
  )
})

test('a process that was held up between its claim and its request sends nothing when it wakes', async () => {
  const bench = await openBench(shared())
  const [held, wake] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let calls = 0
  let isUp = true
  const worker = bench.generator({
    jira: {
      ...bench.jira,
      async create(...given) {
        if (++calls === 5) {
          isUp = false
          held.resolve()
        }
        if (!isUp) await wake.promise
        return bench.jira.create(...given)
      },
    },
    store: untilHeldUp(bench, () => isUp),
  })
  const { runId } = await worker.start(RUN)
  await held.promise
  await bench.data.query('UPDATE leases SET expires_ms = 0')
  const heir = bench.generator()
  await heir.resume()
  expect(await heir.finished()).toMatchObject({ state: 'done', created: 60, unknown: 0 })
  isUp = true
  wake.resolve()
  await worker.finished()
  expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(60))
})

test('a run that was stopped while its machine slept stays stopped when that wakes', async () => {
  const bench = await openBench(shared())
  const machine = sleepyMachine(bench)
  const worker = bench.generator({
    ...machine.parts,
    // One that sleeps hears of nothing.
    store: { ...bench.store, onCommit: () => () => {} },
  })
  const begun = progressWhere(bench, ({ created }) => created > 5)
  const { runId } = await worker.start({ ...RUN, compress: 300 })
  await begun
  machine.fallAsleep()
  await bench.data.query('UPDATE leases SET expires_ms = 0')
  const stopped = await bench.generator().stop()
  expect(stopped.state).toBe('stopped')
  machine.wake(20 * 60_000)
  expect(await worker.finished()).toMatchObject({ state: 'stopped' })
  expect(await bench.store.run(bench.sandbox.siteId, runId)).toMatchObject({ state: 'stopped' })
  expect(await bench.sandbox.truth(runLabel(runId))).toHaveLength(stopped.created)
})

/** A machine on which nobody who waits wakes up while it sleeps, and whose clock has gone on when it wakes. */
function sleepyMachine(bench: Bench) {
  let sleptMs = 0
  let awake = Promise.withResolvers<void>()
  awake.resolve()
  const clock: Clock = {
    now: () => machineClock.now() + sleptMs,
    async sleep(ms, signal) {
      await machineClock.sleep(ms, signal)
      await awake.promise
    },
  }
  const siteTime = createSiteTime(clock)
  const compress: Bench['compress'] = async (...given) => {
    const next = await bench.compress(...given)
    siteTime.set(next)
    return next
  }
  return {
    parts: { clock, siteTime, compress },
    fallAsleep() {
      awake = Promise.withResolvers()
    },
    wake(ms: number) {
      sleptMs += ms
      awake.resolve()
    },
  }
}

/** Starts a run whose process is held up right before a claim, for so long that its lease runs out. */
async function startHeldUp(bench: Bench) {
  const [held, wake] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let claims = 0
  let isUp = true
  const store: Store = {
    ...bench.store,
    async claimSlots(...args) {
      if (++claims === 3) {
        isUp = false
        held.resolve()
        await wake.promise
      }
      return bench.store.claimSlots(...args)
    },
  }
  const worker = bench.generator({ store: untilHeldUp({ store }, () => isUp) })
  const { runId } = await worker.start(RUN)
  await held.promise
  await bench.data.query('UPDATE leases SET expires_ms = 0')
  return { runId, worker, wake: wake.resolve }
}

/** A store that renews no lease while its process is held up, and hears of nothing. */
function untilHeldUp({ store }: Pick<Bench, 'store'>, isUp: () => boolean): Store {
  return {
    ...store,
    takeLease: async (...lease) => isUp() && (await store.takeLease(...lease)),
  }
}
