import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cosineOfTurn, timesOfShares, weightOf, type Stretch } from './profile-times.ts'

describe('the times of shares of all arrivals', () => {
  test('are where the cumulative intensity has reached them, in order', () => {
    const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 })
    fc.assert(
      fc.property(stretches(), shares, (all, some) => {
        const inOrder = some.toSorted((a, b) => a - b)
        const total = all.reduce((sum, stretch) => sum + weightOf(stretch), 0)
        const times = timesOfShares(all, inOrder)
        expect(times).toEqual(times.toSorted((a, b) => a - b))
        for (const [index, share] of inOrder.entries()) {
          expect(Math.abs(cumulative(all, times[index] ?? 0) / total - share)).toBeLessThan(1e-9)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('are the start for nothing, and the end for all of them', () => {
    const ramp = [{ fromMs: 0, toMs: 60_000, fromRate: 0, toRate: 2 }]
    expect(timesOfShares(ramp, [0, 0.25, 1])).toEqual([0, 30_000, 60_000])
  })
})

test('the cosine of our own is the cosine', () => {
  for (let turn = -2; turn <= 2; turn += 1 / 1_024) {
    expect(Math.abs(cosineOfTurn(turn) - Math.cos(2 * Math.PI * turn))).toBeLessThan(1e-11)
  }
  expect([0, 0.5, 1].map(cosineOfTurn)).toEqual([1, -1, 1])
})

function stretches(): fc.Arbitrary<Stretch[]> {
  const rate = fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 1_000, noNaN: true }))
  const piece = fc.record({ long: fc.integer({ min: 1, max: 3_600_000 }), from: rate, to: rate })
  return fc
    .array(piece, { minLength: 1, maxLength: 8 })
    .filter((pieces) => pieces.some(({ from, to }) => from + to > 0))
    .map((pieces) => {
      let fromMs = 0
      return pieces.map(({ long, from, to }) => {
        const stretch = { fromMs, toMs: fromMs + long, fromRate: from, toRate: to }
        fromMs += long
        return stretch
      })
    })
}

/** By the area of trapezoids, whatever the code under test does. */
function cumulative(all: readonly Stretch[], atMs: number): number {
  return all.reduce((sum, { fromMs, toMs, fromRate, toRate }) => {
    const long = Math.min(Math.max(atMs - fromMs, 0), toMs - fromMs)
    const rateThere = fromRate + ((toRate - fromRate) * long) / (toMs - fromMs)
    return sum + ((fromRate + rateThere) / 2) * long
  }, 0)
}
