import { expect, test } from 'vitest'
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { mersenne } from 'pure-rand/generator/mersenne'
import { differingValues, type SpanShares } from './differs.ts'

/** Counts of a span by one field. */
function span(counts: Readonly<Record<string, number>>): SpanShares {
  const values = new Map(Object.entries(counts))
  return {
    tickets: [...values.values()].reduce((a, b) => a + b, 0),
    values: new Map([['component', values]]),
  }
}
const USUAL = Array.from({ length: 8 }, () => span({ Checkout: 5, Search: 20, Mail: 25 }))

test('what chance explains least comes first, with its share and the usual one', () => {
  const { differing, looked } = differingValues(span({ Checkout: 24, Search: 6, Mail: 1 }), USUAL)
  expect(differing).toMatchObject([{ by: 'component', value: 'Checkout', tickets: 24, share: 24 / 31 }])
  expect(differing[0]?.usualShare).toBeCloseTo(0.1, 2)
  expect(differing[0]?.chance).toBeLessThan(1e-6)
  expect(looked).toBe(3)
})

test('fewer than five tickets are not ranked, and a share as usual, or smaller, is none that differs', () => {
  expect(differingValues(span({ New: 4 }), USUAL).differing).toEqual([])
  expect(differingValues(span({ New: 5 }), USUAL).differing).toMatchObject([{ value: 'New' }])
  expect(differingValues(span({ Checkout: 10, Search: 40, Mail: 50 }), USUAL).differing).toEqual([])
})

test('a chance is corrected for how many values were looked at', () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`v${n}`, 1]))
  const usual = USUAL.map(() => span({ ...many, Checkout: 30 }))
  const [of3, of500] = [{ a: 250, b: 240 }, many].map(
    (others) => differingValues(span({ Checkout: 60, ...others }), usual).differing[0]?.chance ?? 1,
  )
  expect(of500).toBeGreaterThan((of3 ?? 1) * 50)
})

test('of a thousand spans that are as usual, about one in a hundred differs', () => {
  const generator = mersenne(7)
  const random = (): number => uniformFloat64(generator)
  const drawn = (tickets: number): SpanShares => {
    const counts: Record<string, number> = {}
    for (let n = 0; n < tickets; n++) {
      // Unlike shares, as components have them.
      const value = `v${Math.floor(12 * random() ** 2)}`
      counts[value] = (counts[value] ?? 0) + 1
    }
    return span(counts)
  }
  let wrong = 0
  for (let n = 0; n < 1_000; n++) {
    const weeks = Array.from({ length: 8 }, () => drawn(30))
    wrong += Math.sign(differingValues(drawn(40), weeks).differing.length)
  }
  expect(wrong).toBeLessThanOrEqual(20)
})
