import { expect, test } from 'vitest'
import type { ComparedBar } from '../../src-shared/domain/compared-bars.ts'
import type { Bin } from './chart-model.ts'
import { comparedPath, plannedPaths } from './outlines.tsx'

const bin = (startMinute: number, state: Bin['state'] = 'settled'): Bin => ({
  startMinute,
  minutes: 1,
  byPriority: [],
  total: 0,
  state,
})
const places = { left: (minute: number) => minute * 10, top: (count: number) => 100 - count }

test('steps go along where something is planned, and down where nothing is', () => {
  const bins = [0, 1, 2, 3, 4].map((minute) => bin(minute))
  expect(plannedPaths(bins, [0, 3, 5, 0, 2], places)).toEqual({
    behind: 'M10 100V97H20V95H30V100M40 100V98H50V100',
    ahead: '',
  })
})

test('ahead of now the outline goes on where it was', () => {
  const bins = [bin(0), bin(1, 'unfinished'), bin(2, 'future'), bin(3, 'future')]
  expect(plannedPaths(bins, [1, 2, 4, 4], places)).toEqual({
    behind: 'M0 100V99H10V98H20',
    ahead: 'M20 98V96H30V96H40V100',
  })
})

const known = (total: number): ComparedBar => ({ total, state: 'known' })

test('a step for each bar, down to nothing where there was none, and none where nothing is known', () => {
  const bars: ComparedBar[] = [known(2), known(0), { total: 3, state: 'unknown' }, known(1)]
  expect(comparedPath(bars, places)).toBe('M0 98H10V100H20M30 99H40')
  expect(comparedPath([{ total: 0, state: 'left-out' }], places)).toBe('')
})
