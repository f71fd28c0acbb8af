import type { ScatterData } from 'plotly.js'
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
  splits: [],
  isForced: false,
}

test('minutes seen are bars, what chance expects is a line over them', () => {
  const { data } = distributionFigure(bars, { width: 800, height: 400 }, palette)
  const [observed, expected] = data as Partial<ScatterData>[]
  const tops = ((observed?.y ?? []) as number[]).filter((_, i) => i % 6 === 2)
  expect(tops.map(Math.round)).toEqual([4, 9])
  const middles = [0, 6].map((i) => (Number(observed?.x?.[i]) + Number(observed?.x?.[i + 2])) / 2)
  expect(middles.map(Math.round)).toEqual([0, 1])
  expect(expected).toMatchObject({ x: [0, 1], y: [5.5, 7.5] })
})

test('the last bar is named as the tail that it is', () => {
  expect(bars.map((bar) => ticketsLabel(bar, bars.length))).toEqual(['0', '1+'])
  expect(ticketsLabel({ tickets: 0, observed: 60, expected: 60 }, 1)).toBe('0')
})
