import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPacer } from './pacer.ts'

const NEVER = new AbortController().signal

/** A site's time that jumps to whatever is waited for. */
function jumpingTime(startMs: number) {
  let nowMs = startMs
  return {
    now: () => nowMs,
    pass: (ms: number) => void (nowMs += ms),
    async until(siteMs: number, signal: AbortSignal) {
      signal.throwIfAborted()
      nowMs = Math.max(nowMs, siteMs)
    },
  }
}

describe('the pacer', () => {
  test('gives each slot once, in order, never early and late only by what the caller took', async () => {
    const times = fc.array(fc.nat(10_000), { maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(times, fc.integer({ min: 1, max: 16 }), fc.nat(400), async (planned, most, busyMs) => {
        const slots = planned.toSorted((a, b) => a - b).map((plannedMs, slot) => ({ slot, plannedMs }))
        const time = jumpingTime(0)
        const pacer = createPacer(slots, time)
        const given: number[] = []
        while (pacer.left() > 0) {
          const due = await pacer.nextDue(most, NEVER)
          expect(due.length).toBeGreaterThan(0)
          expect(due.length).toBeLessThanOrEqual(most)
          expect(due.every(({ plannedMs }) => plannedMs <= time.now())).toBe(true)
          given.push(...due.map(({ slot }) => slot))
          time.pass(busyMs)
        }
        expect(given).toEqual(slots.map(({ slot }) => slot))
        expect(await pacer.nextDue(most, NEVER)).toEqual([])
      }),
    )
  })

  test('gives all that are due at once, as far as there is room', async () => {
    const time = jumpingTime(1_000)
    const pacer = createPacer(
      [{ plannedMs: 1 }, { plannedMs: 2 }, { plannedMs: 3 }, { plannedMs: 2_000 }],
      time,
    )
    expect(await pacer.nextDue(2, NEVER)).toEqual([{ plannedMs: 1 }, { plannedMs: 2 }])
    expect(await pacer.nextDue(2, NEVER)).toEqual([{ plannedMs: 3 }])
    expect(pacer.left()).toBe(1)
  })

  test('does not drift: a slot’s time depends on no other’s', async () => {
    const time = jumpingTime(0)
    const pacer = createPacer([{ plannedMs: 100 }, { plannedMs: 200 }, { plannedMs: 300 }], time)
    const at: number[] = []
    while (pacer.left() > 0) {
      await pacer.nextDue(16, NEVER)
      at.push(time.now())
      time.pass(60)
    }
    expect(at).toEqual([100, 200, 300])
  })

  test('stops waiting when it is told to, and gives nothing', async () => {
    const pacer = createPacer([{ plannedMs: 1 }], jumpingTime(0))
    await expect(pacer.nextDue(1, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
    expect(pacer.left()).toBe(1)
  })
})
