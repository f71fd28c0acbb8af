import { randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { machineClock } from '../runtime/clock.ts'
import type { Jira } from '../jira/jira.ts'
import type { Store } from '../store/store.ts'
import { createGenerator } from './runner.ts'
import { onceEach, openBench, sharedSandbox, type Bench } from '../../test-support/generator/generator.ts'

const shared = sharedSandbox()

/** Twenty minutes in half a second. */
const RUN = { count: 40, minutes: 20, compress: 2_400, seed: 7 }

/** Where a process may die while it works on a slot, in the order in which it passes them. */
const BOUNDARIES = ['planned', 'written', 'sent', 'answered', 'recorded'] as const
type Boundary = (typeof BOUNDARIES)[number]

describe('a run whose process dies', () => {
  test.each(BOUNDARIES)(
    'with a slot just %s goes on elsewhere, and every slot is made once',
    async (boundary) => {
      const bench = await openBench(shared())
      const { runId, unsent } = await startAndDie(bench, boundary, 3)
      const heir = bench.generator()
      expect(await heir.current()).toMatchObject({
        runId,
        state: 'broken',
        reason: expect.stringMatching(/resume/i),
      })

      await heir.resume()
      const end = await heir.finished()
      // Also what was written as sent and never went out: it was proven not to be made, and sent again.
      expect(end).toMatchObject({ state: 'done', created: 40, failed: 0, unknown: 0 })
      expect(await bench.ticketsBySlot(runId)).toEqual(onceEach(40))
      expect(unsent()).toBeGreaterThanOrEqual(boundary === 'written' ? 1 : 0)
    },
  )

  test('can be stopped elsewhere, and what it had sent is accounted for', async () => {
    const bench = await openBench(shared())
    const { runId } = await startAndDie(bench, 'answered', 3)
    const heir = bench.generator()
    const end = await heir.stop()
    expect(end).toMatchObject({ state: 'stopped', unknown: 0 })
    const slots = await bench.store.slots(bench.sandbox.siteId, runId)
    expect(slots.filter(({ state }) => state === 'sent')).toEqual([])
    expect((await bench.ticketsBySlot(runId)).size).toBe(end.created)
  })
})

interface DeadRun {
  readonly runId: string
  /** How many slots it wrote as sent and never sent. */
  readonly unsent: () => number
}

/** Starts a run and lets its process die at the n-th pass of a boundary. Resolves when it is dead. */
async function startAndDie(bench: Bench, boundary: Boundary, nth: number): Promise<DeadRun> {
  let unsent = 0
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
    jira: mortalJira(bench.jira, pass, () => (unsent -= 1)),
    store: mortalStore(bench.store, pass, alive, (slots) => (unsent += slots)),
    clock: machineClock,
    siteTime: bench.siteTime,
    hub: bench.hub,
    owner: randomUUID(),
    compress: bench.compress,
    inFlightMs: 600,
    onCreated: () => {},
    log: { info: () => {}, warn: () => {}, error: () => {} },
  })
  const { runId } = await generator.start(RUN)
  await dead.promise
  return { runId, unsent: () => unsent }
}

type Pass = (at: Boundary) => Promise<void>

function mortalJira(jira: Jira, pass: Pass, onSent: () => void): Jira {
  return {
    ...jira,
    async create(...given) {
      await pass('written')
      onSent()
      const made = await jira.create(...given)
      await pass('sent')
      return made
    },
  }
}

function mortalStore(
  store: Store,
  pass: Pass,
  alive: () => Promise<void>,
  onClaimed: (slots: number) => void,
): Store {
  return {
    ...store,
    async claimSlots(...args) {
      await pass('planned')
      // What a server was asked for it does, also for someone who is dead when it is done.
      const claimed = await store.claimSlots(...args)
      onClaimed(claimed.length)
      return claimed
    },
    async recordSlots(...args) {
      await pass('answered')
      await store.recordSlots(...args)
      await pass('recorded')
    },
    // One that runs out at once: those who come after its death need not wait for it.
    async takeLease(siteId, name, owner) {
      await alive()
      return store.takeLease(siteId, name, owner, 0)
    },
  }
}
