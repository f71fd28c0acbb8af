import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { describe, expect, test } from 'vitest'
import { machineClock } from '../runtime/clock.ts'
import { ENGINE } from '../../test-support/store/store.ts'
import { bundled } from '../../test-support/process/bundled.ts'
import { createCleanUp } from './clean-up.ts'
import { KINDS, never, openCleanUpBench, type CleanUpBench } from '../../test-support/clean-up/clean-up.ts'
import { startTestChild } from '../../test-support/process/child.ts'
import type { CleanUpJob, CleanUpWord } from '../../test-support/clean-up/run-clean-up.ts'

const LONG = process.env['JIRA_TPM_LONG'] !== undefined
const KILLS = LONG ? 60 : ENGINE === 'sqlite' ? 6 : 4
const TICKETS = LONG ? 2_000 : 300
/** Which moments it strikes; JIRA_TPM_SEED repeats a campaign, as far as a machine does the same twice. */
const SEED = Number(process.env['JIRA_TPM_SEED'] ?? machineClock.now() % 2 ** 31)
/** A worker is struck so long (real ms) after it has begun to delete, at most. */
const STRIKE_WITHIN_MS = 300

/** Where a process may die while it cleans up, in the order in which it passes them. */
const BOUNDARIES = ['read', 'sent', 'answered', 'recorded', 'charted'] as const
type Boundary = (typeof BOUNDARIES)[number]

describe.each(KINDS)('in a Jira of the kind %s', (kind) => {
  test.each(BOUNDARIES)(
    'a clean-up that dies with something just %s goes on elsewhere; nothing else goes',
    async (boundary) => {
      const bench = await openCleanUpBench(kind)
      const { runId } = await bench.makeRun(40)
      const others = await bench.makeRun(3)
      await bench.sync.now()
      await beginAndDie(bench, runId, boundary)
      const left = (await bench.keys()).length - 3
      expect(left).toBeGreaterThan(0)

      const end = await bench.cleanUp(bench.desk(), runId)
      expect(end).toMatchObject({ state: 'done', kept: [], total: left, deleted: left })
      expect((await bench.keys()).toSorted()).toEqual(others.tickets.map(({ key }) => key).toSorted())
      await bench.expectChartIsTrue()
    },
  )
})

/** Begins a clean-up and lets its process die at the third pass of a boundary, or the first of those it passes seldom. */
async function beginAndDie(bench: CleanUpBench, runId: string, boundary: Boundary): Promise<void> {
  const dead = Promise.withResolvers<void>()
  let died = false
  let passes = 0
  // A dead process does nothing more, and nothing that it waits for ever comes.
  const alive = async (): Promise<void> => {
    if (died) await new Promise(() => {})
  }
  const pass = async (at: Boundary): Promise<void> => {
    if (at === boundary && ++passes === (at === 'sent' || at === 'answered' ? 3 : 1)) {
      died = true
      dead.resolve()
    }
    await alive()
  }
  const { jira, store, sync } = bench
  let reads = 0
  const desk = createCleanUp({
    ...bench.parts(),
    jira: {
      ...jira,
      async byIds(...asked) {
        const found = await jira.byIds(...asked)
        if (++reads > 2) await pass('read')
        return found
      },
      async deleteTicket(...ticket) {
        await pass('sent')
        const deleted = await jira.deleteTicket(...ticket)
        await pass('answered')
        return deleted
      },
    },
    store: {
      ...store,
      async markRemoved(...removed) {
        await store.markRemoved(...removed)
        await pass('recorded')
      },
      // One that runs out at once: those who come after its death need not wait for it.
      async takeLease(siteId, name, owner) {
        await alive()
        return store.takeLease(siteId, name, owner, 0)
      },
    },
    async onDeleted(deleted, atMs) {
      await sync.noteDeleted(deleted, atMs)
      if (deleted.length > 0) await pass('charted')
    },
  })
  await desk.start({ runId, confirmedSite: bench.siteId, count: 40 })
  await dead.promise
}

test(
  'two processes on one clean-up, killed at any moment, delete the run’s tickets and no other',
  { timeout: KILLS * 30_000 + 120_000 },
  async () => {
    const bench = await openCleanUpBench('cloud')
    const { url, email, apiToken } = bench.sandbox
    const { runId } = await bench.makeRun(TICKETS)
    const others = await bench.makeRun(20)
    await bench.sync.now()
    const script = bundled('run-clean-up')
    const site = { url, email, apiToken }
    const job = { kind: 'cloud', store: bench.data.config, site, siteId: bench.siteId, runId } as const
    const join = (): Promise<CleanUpProcess> => startCleanUp(script, job)
    let rivals: readonly CleanUpProcess[] = [await join(), await join()]
    const random = xoroshiro128plus(SEED)
    let kills = 0
    let sawBusy = false
    const lookForBusy = (): void => {
      sawBusy ||= rivals.some(({ words }) => words.some(({ said }) => said === 'busy'))
    }
    while (kills < KILLS) {
      await expect
        .poll(() => rivals.some(works) || rivals.some(isDone), { timeout: 90_000, interval: 2 })
        .toBe(true)
      await machineClock.sleep(uniformFloat64(random) * STRIKE_WITHIN_MS, never)
      lookForBusy()
      const victim = rivals.find(works)
      if (victim === undefined) break
      await victim.kill()
      kills++
      rivals = [...rivals.filter((rival) => rival !== victim), await join()]
    }
    await expect.poll(() => rivals.every(isDone), { timeout: 120_000, interval: 20 }).toBe(true)
    lookForBusy()

    expect((await bench.keys()).toSorted()).toEqual(others.tickets.map(({ key }) => key).toSorted())
    const slots = await bench.store.slots(bench.siteId, runId)
    const removed = slots.filter(({ removedMs }) => removedMs !== null).length
    console.log(
      `clean-up of ${TICKETS} tickets with seed ${SEED} (${bench.store.kind}): ${kills} kills; ${removed} written as deleted, ${TICKETS - removed} found gone`,
    )
    await bench.expectChartIsTrue()
    expect(slots).toHaveLength(TICKETS)
    expect(kills).toBeGreaterThanOrEqual(Math.min(3, KILLS))
    expect(sawBusy).toBe(true)
    // A kill leaves no more unwritten than were under way.
    expect(TICKETS - removed).toBeLessThanOrEqual(kills * 12)
  },
)

function works(rival: CleanUpProcess): boolean {
  return rival.last().said === 'deleted'
}

function isDone(rival: CleanUpProcess): boolean {
  return rival.last().said === 'ended'
}

type CleanUpProcess = Awaited<ReturnType<typeof startCleanUp>>

/** Starts a process of its own, killed when the test ends. */
async function startCleanUp(script: string, job: CleanUpJob) {
  const child = await startTestChild<CleanUpWord>(script)
  child.tell(job)
  return { ...child, last: () => child.words.at(-1) ?? { said: 'ready' } }
}
