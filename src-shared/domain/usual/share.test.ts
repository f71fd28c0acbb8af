import fc from 'fast-check'
import { expect, test } from 'vitest'
import { learnedShare, shareMean, shareTail } from './share.ts'

/** The same by its definition: the chance of k and of all above, each a product of single tickets' chances. */
function plainTail(count: number, of: number, a: number, b: number): number {
  let tail = 0
  for (let k = count; k <= of; k++) {
    let chance = 1
    for (let i = 0; i < k; i++) chance *= (((of - i) / (k - i)) * (a + i)) / (a + b + i)
    for (let i = 0; i < of - k; i++) chance *= (b + i) / (a + b + k + i)
    tail += chance
  }
  return tail
}

test('the tail of a share is that of its definition, to nine digits', () => {
  const anyShare = fc.double({ min: 0.5, max: 300, noNaN: true })
  fc.assert(
    fc.property(fc.nat({ max: 60 }), fc.nat({ max: 60 }), anyShare, anyShare, (count, more, a, b) => {
      const [found, plain] = [
        shareTail(count, count + more, { successes: a, failures: b }),
        plainTail(count, count + more, a, b),
      ]
      expect(Math.abs(found - plain)).toBeLessThanOrEqual(1e-9 * plain + 1e-300)
    }),
  )
})

test('of a share that is known exactly it is the binomial’s', () => {
  // P(X ≥ 9) of 10 with ½: 11/1024.
  expect(shareTail(9, 10, { successes: 1e9, failures: 1e9 })).toBeCloseTo(11 / 1_024, 6)
})

test('weeks that differ among themselves count for less', () => {
  const steady = learnedShare(Array.from({ length: 8 }, () => ({ count: 5, of: 50 })))
  const clumped = learnedShare(Array.from({ length: 8 }, (_, n) => ({ count: n === 3 ? 40 : 0, of: 50 })))
  expect(shareMean(clumped)).toBeCloseTo(shareMean(steady), 6)
  expect(shareTail(20, 50, steady)).toBeLessThan(1e-5)
  expect(shareTail(20, 50, clumped)).toBeGreaterThan(0.01)
})
