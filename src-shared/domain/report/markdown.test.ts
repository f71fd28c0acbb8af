import { expect, test } from 'vitest'
import { onsetOf } from './markdown.ts'

const usual = (bars: number) => ({
  mean: Array.from({ length: bars }, () => 1),
  unusualFrom: Array.from({ length: bars }, () => 6),
})

test('a storm began where its bars began to be many, not with an earlier bar that was high by itself', () => {
  expect(onsetOf([0, 6, 0, 1, 1, 0, 5, 9, 14, 3], usual(10), 60)).toBe(6)
  expect(onsetOf([7, 9, 14], usual(3), 60)).toBe(0)
  expect(onsetOf([7, 9, 14], usual(3), 2)).toBe(1)
})

test('without an unusual bar there is no storm, nor while the usual is being learned', () => {
  expect(onsetOf([1, 5, 2], usual(3), 60)).toBe(-1)
  expect(onsetOf([1, 50, 2], { mean: [], unusualFrom: [] }, 60)).toBe(-1)
  expect(onsetOf([], usual(0), 60)).toBe(-1)
})
