import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSiteTime, type Clock } from '../runtime/clock.ts'
import { catchUpPerSecond, createPacer, type SleptSpan } from './pacer.ts'

const NEVER = new AbortController().signal
const START_MS = 1_800_000_000_000

/** A machine's clock that jumps over every wait; `oversleep` makes the next one take longer. */
function jumpingClock(): Clock & {
  pass(ms: number): void
  oversleep(ms: number): void
  setBack(ms: number): void
} {
  let nowMs = START_MS
  let extraMs = 0
  let backMs = 0
  return {
    now: () => nowMs - backMs,
    elapsedMs: () => nowMs,
    setBack: (ms) => void (backMs += ms),
    pass: (ms) => void (nowMs += ms),
    oversleep: (ms) => void (extraMs = ms),
    async sleep(ms, signal) {
      signal.throwIfAborted()
      nowMs += ms + extraMs
      extraMs = 0
    },
  }
}

/** A pacer of slots that are planned for `afterMs` milliseconds from its start. */
function pacerOf(afterMs: readonly number[]) {
  const clock = jumpingClock()
  const slots = afterMs.map((ms, slot) => ({ slot, plannedMs: START_MS + ms }))
  const naps: SleptSpan[] = []
  const stopping = new AbortController()
  const pacer = createPacer({
    slots,
    siteTime: createSiteTime(clock),
    clock,
    catchUpPerSecond: catchUpPerSecond(
      slots.map(({ plannedMs }) => plannedMs),
      1,
    ),
    onSlept(span) {
      naps.push(span)
      stopping.abort(new Error('slept'))
    },
  })
  return { pacer, clock, naps, signal: stopping.signal, slots }
}

/** When each slot was given out, in ms from the start. */
async function sends({ pacer, clock }: ReturnType<typeof pacerOf>): Promise<Map<number, number>> {
  const atMs = new Map<number, number>()
  while (pacer.left() > 0) {
    for (const { slot } of await pacer.nextDue(16, NEVER)) atMs.set(slot, clock.now() - START_MS)
  }
  return atMs
}

function mostInOneSecond(timesMs: readonly number[]): number {
  return Math.max(...timesMs.map((from) => timesMs.filter((ms) => ms >= from && ms < from + 1_000).length))
}

describe('the pacer', () => {
  test('gives each slot once, never early and late only by what the caller took', async () => {
    const times = fc.array(fc.nat(10_000), { maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 1, max: 16 }), fc.nat(60), async (planned, most, busyMs) => {
        const sorted = planned.toSorted((a, b) => a - b)
        const { pacer, clock } = pacerOf(sorted)
        const given: number[] = []
        while (pacer.left() > 0) {
          const due = await pacer.nextDue(most, NEVER)
          expect(due.length).toBeGreaterThan(0)
          expect(due.length).toBeLessThanOrEqual(most)
          expect(due.every(({ plannedMs }) => plannedMs <= clock.now())).toBe(true)
          given.push(...due.map(({ slot }) => slot))
          clock.pass(busyMs)
        }
        expect(given.toSorted((a, b) => a - b)).toEqual(sorted.map((_, slot) => slot))
        expect(await pacer.nextDue(most, NEVER)).toEqual([])
      }),
    )
  })

  test('gives all that are due at once, as far as there is room', async () => {
    const { pacer, clock } = pacerOf([1, 2, 3, 20_000])
    clock.pass(900)
    expect((await pacer.nextDue(2, NEVER)).map(({ slot }) => slot)).toEqual([0, 1])
    expect((await pacer.nextDue(2, NEVER)).map(({ slot }) => slot)).toEqual([2])
    expect(pacer.left()).toBe(1)
  })

  test('does not drift: a slot’s time depends on no other’s', async () => {
    const { pacer, clock } = pacerOf([100, 200, 300])
    const at: number[] = []
    while (pacer.left() > 0) {
      await pacer.nextDue(16, NEVER)
      at.push(clock.now() - START_MS)
      clock.pass(60)
    }
    expect(at).toEqual([100, 200, 300])
  })

  test('stops waiting when it is told to, and gives nothing', async () => {
    const { pacer } = pacerOf([1])
    await expect(pacer.nextDue(1, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
    expect(pacer.left()).toBe(1)
  })

  test('gives what is added while it waits', async () => {
    const { pacer, slots } = pacerOf([])
    const filled = pacer.filled()
    pacer.add([{ slot: 7, plannedMs: START_MS - 5_000 }])
    await filled
    expect((await pacer.nextDue(16, NEVER)).map(({ slot }) => slot)).toEqual([7])
    expect(slots).toEqual([])
  })
})

describe('after a stall', () => {
  const EACH_36_S = Array.from({ length: 100 }, (_, n) => n * 36_000)

  test('of ten minutes there is no burst: what is overdue comes at a bounded pace, the rest at its time', async () => {
    const parts = pacerOf(EACH_36_S)
    parts.clock.pass(600_000)
    const at = await sends(parts)
    expect(at.size).toBe(100)
    // The plan sends one in its busiest second: two of the overdue, and one that is on time.
    expect(mostInOneSecond([...at.values()])).toBeLessThanOrEqual(3)
    const missed = EACH_36_S.filter((ms) => ms < 599_000).length
    const late = [...at].filter(([slot, ms]) => ms - (EACH_36_S[slot] ?? 0) > 1_000)
    expect(late.map(([slot]) => slot)).toEqual(Array.from({ length: missed }, (_, slot) => slot))
    // All 17 within nine seconds: it does catch up.
    expect(Math.max(...late.map(([, ms]) => ms))).toBeLessThan(600_000 + 9_500)
  })

  test('a busy plan catches up at twice the pace of its busiest second', async () => {
    // Ten a second for a minute, and a stall of half of it.
    const parts = pacerOf(Array.from({ length: 600 }, (_, n) => n * 100))
    parts.clock.pass(30_000)
    const at = [...(await sends(parts)).values()]
    expect(at).toHaveLength(600)
    // The first one has those, too, that are less than a second late: they count as on time.
    expect(mostInOneSecond(at)).toBeLessThanOrEqual(40)
    expect(mostInOneSecond(at.filter((ms) => ms > 30_000))).toBeLessThanOrEqual(30)
    expect(mostInOneSecond(at)).toBeGreaterThan(20)
    expect(Math.max(...at)).toBe(59_900)
  })
})

describe('a machine that sleeps', () => {
  test('is noticed before anything is given out', async () => {
    const { pacer, clock, naps, signal } = pacerOf([50_000, 100_000])
    clock.oversleep(3_600_000)
    await expect(pacer.nextDue(16, signal)).rejects.toThrow('slept')
    expect(naps).toEqual([{ fromMs: START_MS, toMs: START_MS + 3_601_000 }])
    expect(pacer.left()).toBe(2)
  })

  test('and one that is merely slow is not taken for it', async () => {
    const { pacer, clock, naps, signal } = pacerOf([50_000])
    clock.oversleep(59_000)
    expect(await pacer.nextDue(16, signal)).toHaveLength(1)
    expect(naps).toEqual([])
  })
})

test('a clock that is set back makes no slot wait longer, and none come sooner', async () => {
  const { pacer, clock, naps } = pacerOf([1_000, 5_000, 5_000, 60_000])
  const ranMs = (): number => (clock.elapsedMs?.() ?? 0) - START_MS
  await pacer.nextDue(1, NEVER)
  clock.setBack(3_600_000)
  expect(await pacer.nextDue(2, NEVER)).toHaveLength(2)
  expect(ranMs()).toBe(5_000)
  clock.setBack(20_000)
  await pacer.nextDue(1, NEVER)
  expect(ranMs()).toBe(60_000)
  expect(naps).toEqual([])
})
