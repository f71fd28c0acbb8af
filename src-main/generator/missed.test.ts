import { describe, expect, test } from 'vitest'
import { createSiteTime, machineClock, type Clock, type SiteTime } from '../runtime/clock.ts'
import { runLabel } from './marks.ts'
import {
  openBench,
  progressWhere,
  sharedSandbox,
  type Bench,
} from '../../test-support/generator/generator.ts'

const shared = sharedSandbox()

/** One ticket every 36 s. */
const HOUR = { count: 100, minutes: 60, seed: 7, profile: 'even' }

/** A machine that can be put to sleep: its clock jumps, and whoever waits wakes late. */
function sleepyMachine(bench: Bench): { clock: Clock; siteTime: SiteTime; sleep(ms: number): void } {
  let sleptMs = 0
  const clock: Clock = { ...machineClock, now: () => machineClock.now() + sleptMs }
  const siteTime = createSiteTime(clock)
  siteTime.set(bench.siteTime.current())
  return { clock, siteTime, sleep: (ms) => void (sleptMs += ms) }
}

/** A run of an hour whose machine falls asleep after its first tickets, for twenty minutes. */
async function sleepThrough(bench: Bench) {
  const machine = sleepyMachine(bench)
  const parts = { clock: machine.clock, siteTime: machine.siteTime, inFlightMs: 600 }
  const generator = bench.generator(parts)
  const began = progressWhere(bench, ({ created }) => created > 0)
  const { runId } = await generator.start(HOUR)
  machine.sleep(17_900)
  await began
  machine.sleep(20 * 60_000)
  const paused = await generator.finished()
  return { machine, generator, runId, paused }
}

describe('a machine that sleeps while a run is under way', () => {
  test('pauses it, says since when, and how much was missed', async () => {
    const bench = await openBench(shared())
    const { generator, paused } = await sleepThrough(bench)
    expect(paused).toMatchObject({ state: 'paused', slept: true, created: 1 })
    expect(paused.reason).toMatch(
      /slept, or .* from \d\d:\d\d:\d\d to \d\d:\d\d:\d\d\. 3[34] tickets were missed/,
    )
    expect([33, 34]).toContain(paused.missed)
    expect(await generator.current()).toMatchObject({ slept: true, reason: paused.reason })
  })

  test('skip: what was missed is not made, each with its reason, and the rest keeps its times', async () => {
    const bench = await openBench(shared())
    const { generator, runId, paused } = await sleepThrough(bench)
    const before = await bench.store.slots(bench.sandbox.siteId, runId)
    const resumed = await generator.resume({ missed: 'skip' })
    expect(resumed).toMatchObject({ state: 'running', missed: 0 })
    expect([paused.missed, paused.missed + 1]).toContain(resumed.skipped)
    await generator.stop()
    const after = await bench.store.slots(bench.sandbox.siteId, runId)
    expect(after.map(({ plannedMs }) => plannedMs)).toEqual(before.map(({ plannedMs }) => plannedMs))
    const skipped = after.filter(({ state }) => state === 'skipped')
    expect(skipped).toHaveLength(resumed.skipped)
    expect(new Set(skipped.map(({ reason }) => reason))).toEqual(
      new Set([expect.stringMatching(/time had passed .* skip it/)]),
    )
    expect(await bench.sandbox.truth(runLabel(runId))).toHaveLength(1)
  })

  test('catch up: what was missed comes at once, no more than two a second, and the rest keeps its times', async () => {
    const bench = await openBench(shared())
    const { generator, runId, paused } = await sleepThrough(bench)
    const before = await bench.store.slots(bench.sandbox.siteId, runId)
    const began = performance.now()
    const some = progressWhere(bench, ({ created }) => created >= 6)
    const resumed = await generator.resume({ missed: 'catch-up' })
    expect(resumed.endMs).toBe(paused.endMs)
    await some
    const tookMs = performance.now() - began
    const stopped = await generator.stop()
    expect(tookMs).toBeGreaterThan(1_500)
    const after = await bench.store.slots(bench.sandbox.siteId, runId)
    expect(after.map(({ plannedMs }) => plannedMs)).toEqual(before.map(({ plannedMs }) => plannedMs))
    expect(stopped.created).toBeLessThan(10)
    const late = after.filter(({ state }) => state === 'created').slice(1)
    for (const { latenessMs } of late) expect(latenessMs).toBeGreaterThan(60_000)
    expect(stopped.lateness?.maxMs).toBeGreaterThan(60_000)
  })

  test('shift: all that is left moves by the time that the machine slept', async () => {
    const bench = await openBench(shared())
    const { generator, runId } = await sleepThrough(bench)
    const before = await bench.store.slots(bench.sandbox.siteId, runId)
    await generator.resume({ missed: 'shift' })
    await generator.stop()
    const after = await bench.store.slots(bench.sandbox.siteId, runId)
    const moved = new Set(
      after.slice(1).map(({ plannedMs }, n) => plannedMs - (before[n + 1]?.plannedMs ?? 0)),
    )
    expect(moved.size).toBe(1)
    const [by = 0] = moved
    // The wait in which it fell asleep had begun up to a second before.
    expect(Math.abs(by - 20 * 60_000)).toBeLessThan(15_000)
    expect(await bench.sandbox.truth(runLabel(runId))).toHaveLength(1)
  })
})

test('a run whose process died has missed what was due since then, and can skip it in another', async () => {
  const bench = await openBench(shared())
  const generator = bench.generator()
  const began = progressWhere(bench, ({ created }) => created > 5)
  const { runId } = await generator.start({ count: 60, minutes: 20, compress: 1_200, seed: 7 })
  await began
  await generator.close()
  const { siteId } = bench.sandbox
  await bench.store.setRunState(siteId, runId, 'running', bench.siteTime.now())
  const [firstOpen, ...open] = (await bench.store.slots(siteId, runId)).filter(
    ({ state }) => state === 'planned',
  )
  const machine = sleepyMachine(bench)
  // Between two slots, so that the moments which pass here make no difference.
  const middle = ((open[20]?.plannedMs ?? 0) + (open[21]?.plannedMs ?? 0)) / 2
  machine.sleep(middle - bench.siteTime.now())
  const compress = async () => machine.siteTime.current()
  const heir = bench.generator({ clock: machine.clock, siteTime: machine.siteTime, compress })
  expect(await heir.current()).toMatchObject({ state: 'broken', missed: 22 })
  expect(await heir.resume({ missed: 'skip' })).toMatchObject({ state: 'running', skipped: 22, missed: 0 })
  await heir.stop()
  const skipped = (await bench.store.slots(siteId, runId)).filter(({ state }) => state === 'skipped')
  expect(skipped.map(({ slot }) => slot)).toEqual([firstOpen, ...open.slice(0, 21)].map((one) => one?.slot))
})
