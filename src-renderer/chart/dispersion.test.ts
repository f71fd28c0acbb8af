import { expect, test } from 'vitest'
import { dispersion, dispersionText } from './dispersion.ts'

const minutes = (at: (i: number) => number): number[] => Array.from({ length: 60 }, (_, i) => at(i))

test('one ticket each minute is more regular than chance', () => {
  expect(dispersion(minutes(() => 1))).toBe(0)
  expect(dispersionText(minutes(() => 1))).toMatch(/^More regular than chance/)
})

test('bursts are more bursty than chance', () => {
  expect(dispersionText(minutes((i) => (i % 20 === 0 ? 12 : 0)))).toMatch(
    /^More bursty than chance: variance\/mean 1/,
  )
})

test('minutes spread as Poisson spreads them are called chance', () => {
  // 60 minutes in Poisson's own proportions for a mean of 1: 22 empty, 22 with 1, 11 with 2, 4 with 3, 1 with 4.
  const poisson = [22, 22, 11, 4, 1].flatMap((times, tickets) => Array.from({ length: times }, () => tickets))
  expect(dispersion(poisson)).toBeCloseTo(1, 1)
  expect(dispersionText(poisson)).toMatch(/^What chance would do/)
})

test('a handful of tickets proves nothing', () => {
  expect(dispersion(minutes((i) => (i < 3 ? 1 : 0)))).toBeNull()
  expect(dispersion([5, 5, 5])).toBeNull()
})
