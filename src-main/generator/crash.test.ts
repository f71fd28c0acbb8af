import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { machineClock, type Clock } from '../clock.ts'
import type { Jira } from '../jira/jira.ts'
import type { Store } from '../store/store.ts'
import { createGenerator } from './runner.ts'
import { openBench, sharedSandbox, type Bench } from './testing.ts'

const shared = sharedSandbox()

/** Twenty minutes in half a second. */
const RUN = { count: 40, minutes: 20, compress: 2_400, seed: 7 }

/** Where a process may die while it works on a slot, in the order in which it passes them. */
const BOUNDARIES = ['planned', 'written', 'sent', 'answered', 'recorded'] as const
type Boundary = (typeof BOUNDARIES)[number]

describe('a run whose process dies', () => {
  test.each(BOUNDARIES)(
    'with a slot just %s goes on elsewhere, and no slot is made twice',
    async (boundary) => {
      const bench = await openBench(shared())
      const runId = await startAndDie(bench, boundary, 7)
      const heir = bench.generator({ patienceMs: 500 })
      expect(await heir.current()).toMatchObject({
        runId,
        state: 'broken',
        reason: expect.stringMatching(/resume/i),
      })

      await heir.resume()
      const end = await heir.finished()
      expect(end).toMatchObject({ state: 'done', failed: 0 })
      const bySlot = await bench.ticketsBySlot(runId)
      expect([...bySlot.values()].every((tickets) => tickets === 1)).toBe(true)
      expect(bySlot.size).toBe(end.created)
      expect(end.created + end.unknown).toBe(40)
      // Only what was written as sent and never went out is not known; everything else was found or made.
      expect(end.unknown > 0).toBe(boundary === 'written')
    },
  )

  test('can be stopped elsewhere, and what it had sent is accounted for', async () => {
    const bench = await openBench(shared())
    const runId = await startAndDie(bench, 'answered', 7)
    const heir = bench.generator({ patienceMs: 500 })
    const end = await heir.stop()
    expect(end).toMatchObject({ state: 'stopped', unknown: 0 })
    expect((await bench.ticketsBySlot(runId)).size).toBe(end.created)
  })
})

/** Starts a run and lets its process die at the n-th pass of a boundary. Resolves with the run's id when it is dead. */
async function startAndDie(bench: Bench, boundary: Boundary, nth: number): Promise<string> {
  const dead = Promise.withResolvers<void>()
  let passes = 0
  let died = false
  // A dead process does nothing more, and nothing that it waits for ever comes.
  const alive = async (): Promise<void> => {
    if (died) await new Promise(() => {})
  }
  const pass = async (at: Boundary): Promise<void> => {
    if (at === boundary && ++passes === nth) {
      died = true
      dead.resolve()
    }
    await alive()
  }
  const generator = createGenerator({
    siteId: bench.sandbox.siteId,
    jira: mortalJira(bench.jira, pass),
    store: mortalStore(bench.store, pass, alive),
    clock: slowClock,
    siteTime: bench.siteTime,
    hub: bench.hub,
    owner: randomUUID(),
    compress: bench.compress,
    onCreated: () => {},
    log: { info: () => {}, warn: () => {}, error: () => {} },
  })
  const { runId } = await generator.start(RUN)
  await dead.promise
  return runId
}

type Pass = (at: Boundary) => Promise<void>

function mortalJira(jira: Jira, pass: Pass): Jira {
  return {
    ...jira,
    async create(ticket, signal) {
      await pass('written')
      const made = await jira.create(ticket, signal)
      await pass('sent')
      return made
    },
  }
}

function mortalStore(store: Store, pass: Pass, alive: () => Promise<void>): Store {
  return {
    ...store,
    async claimSlots(...args) {
      await pass('planned')
      return store.claimSlots(...args)
    },
    async recordSlots(...args) {
      await pass('answered')
      await store.recordSlots(...args)
      await pass('recorded')
    },
    async takeLease(...args) {
      await alive()
      return store.takeLease(...args)
    },
  }
}

/** An hour behind, so that the dead process's lease has run out for those who come after it. */
const slowClock: Clock = { ...machineClock, now: () => machineClock.now() - 3_600_000 }
