import { expect, test } from 'vitest'
import type { ComparedBar } from '../../src-shared/domain/compare/compared-bars.ts'
import { comparedPath } from './outlines.tsx'

const places = { left: (minute: number) => minute * 10, top: (count: number) => 100 - count }

const known = (total: number): ComparedBar => ({ total, state: 'known' })

test('a step for each bar, down to nothing where there was none, and none where nothing is known', () => {
  const bars: ComparedBar[] = [known(2), known(0), { total: 3, state: 'unknown' }, known(1)]
  expect(comparedPath(bars, places)).toBe('M0 98H10V100H20M30 99H40')
  expect(comparedPath([{ total: 0, state: 'left-out' }], places)).toBe('')
})
