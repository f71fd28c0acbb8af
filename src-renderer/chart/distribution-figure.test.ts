import { expect, test } from 'vitest'
import { distributionFigure, ticketsLabel } from './figures.ts'

const bars = [
  { tickets: 0, observed: 4, expected: 5.5 },
  { tickets: 1, observed: 9, expected: 7.5 },
]
const palette = {
  font: 'sans-serif',
  text: '#111',
  grid: '#eee',
  baseline: '#999',
  minutes: '#77c',
  expected: '#000',
  priorities: [],
}

test('minutes seen are bars, what chance expects is a line over them', () => {
  const { data } = distributionFigure(bars, { width: 800, height: 400 }, palette)
  expect(data).toMatchObject([
    { type: 'bar', x: [0, 1], y: [4, 9] },
    { type: 'scatter', x: [0, 1], y: [5.5, 7.5] },
  ])
})

test('the last bar is named as the tail that it is', () => {
  expect(bars.map((bar) => ticketsLabel(bar, bars.length))).toEqual(['0', '1+'])
})
