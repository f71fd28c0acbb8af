import type { BarData } from 'plotly.js'
import { describe, expect, test } from 'vitest'
import { barsFigure, hex, type BarsInput } from './figures.ts'
import type { Bin } from './chart-model.ts'

const palette = {
  font: 'sans-serif',
  text: '#111',
  grid: '#eee',
  baseline: '#999',
  minutes: '#77c',
  expected: '#000',
  priorities: ['#a00', '#c70', '#579', '#888', '#888'],
}
const bin = (i: number, part: Partial<Bin> = {}): Bin => ({
  startMinute: 1_000 + i,
  minutes: 1,
  byPriority: [0, 0],
  total: 0,
  state: 'settled',
  ...part,
})
const input: BarsInput = {
  bins: [
    bin(0, { byPriority: [1, 2], total: 3 }),
    bin(1),
    bin(2, { byPriority: [0, 1], total: 1, state: 'unfinished' }),
  ],
  priorityIds: ['1', '2'],
  ticks: [{ at: 0, text: '14:00' }],
  gap: 0.2,
  most: 3,
  size: { width: 800, height: 400 },
  palette,
}
const traces = (part: Partial<BarsInput> = {}): Partial<BarData>[] =>
  barsFigure({ ...input, ...part }).data as Partial<BarData>[]

describe('bars', () => {
  test('of different lengths are as wide as they are long', () => {
    const [highest] = traces({ bins: [bin(0, { minutes: 3 }), bin(3, { minutes: 5 })], gap: 0 })
    expect(highest).toMatchObject({ x: [0, 3], width: [3, 5], offset: [0, 0] })
  })

  test('are stacked by priority, the most urgent at the bottom, minutes without tickets among them', () => {
    const [highest, high] = traces()
    expect(highest?.y).toEqual([1, 0, 0])
    expect(high?.y).toEqual([2, 0, 1])
    expect(high?.x).toEqual([0, 1, 2])
    expect(barsFigure(input).layout).toMatchObject({ barmode: 'stack' })
  })

  test('fill the span from its first to its last minute', () => {
    expect(barsFigure(input).layout.xaxis?.range).toEqual([0, 3])
  })

  test('are hatched, in the same colour, where their count may still change', () => {
    const [highest] = traces()
    expect(highest?.marker).toMatchObject({
      color: '#a00',
      pattern: { shape: ['', '', '/'], fgcolor: '#a00' },
    })
    expect(traces({ bins: [bin(0), bin(1)] })[0]?.marker).not.toHaveProperty('pattern')
  })

  test('of a whole day do not ease, and only those are drawn that have a height', () => {
    const day = Array.from({ length: 1_440 }, (_, i) => bin(i, { byPriority: [i % 2, 0], total: i % 2 }))
    const figure = barsFigure({ ...input, bins: day })
    expect(figure.eased).toBe(false)
    expect(figure.data.map((trace) => (trace as Partial<BarData>).y?.length)).toEqual([720, 0])
    expect(barsFigure(input).eased).toBe(true)
  })

  test('ease only into bars of the same minutes, width and size', () => {
    const [before] = traces()
    const [grown] = traces({ bins: input.bins.map((one) => ({ ...one, byPriority: [5, 5] })) })
    const [later] = traces({ bins: input.bins.map((one) => ({ ...one, startMinute: one.startMinute + 1 })) })
    const [wider] = traces({ size: { width: 801, height: 400 } })
    expect(grown?.uid).toBe(before?.uid)
    expect(new Set([before?.uid, later?.uid, wider?.uid]).size).toBe(3)
  })
})

test.each([
  ['rgb(165, 48, 26)', '#a5301a'],
  ['rgb(0, 0, 255)', '#0000ff'],
])('%s is %s', (rgb, expected) => {
  expect(hex(rgb)).toBe(expected)
})
