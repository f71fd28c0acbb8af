import { expect, test } from 'vitest'
import { plannedPaths } from './planned-bars.ts'

const bin = (state = 'settled') => ({ state })
const places = { left: (minute: number) => minute * 10, top: (count: number) => 100 - count }

test('steps go along where something is planned, and down where nothing is', () => {
  const bins = Array.from({ length: 5 }, () => bin())
  expect(plannedPaths(bins, [0, 3, 5, 0, 2], places)).toEqual({
    behind: 'M10 100V97H20V95H30V100M40 100V98H50V100',
    ahead: '',
  })
})

test('ahead of now the outline goes on where it was', () => {
  const bins = [bin(), bin('unfinished'), bin('future'), bin('future')]
  expect(plannedPaths(bins, [1, 2, 4, 4], places)).toEqual({
    behind: 'M0 100V99H10V98H20',
    ahead: 'M20 98V96H30V96H40V100',
  })
})
