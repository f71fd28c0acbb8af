import type { ScatterData } from 'plotly.js'
import { describe, expect, test } from 'vitest'
import { barsFigure, hex, type BarsInput } from './figures.ts'
import type { Bin } from './chart-model.ts'
import { countScale, plotHeight, plotWidth } from './geometry.ts'
import { coloursWith, modelSplit, stackOf } from './stack.ts'

const palette = {
  font: 'sans-serif',
  text: '#111',
  grid: '#eee',
  baseline: '#999',
  minutes: '#77c',
  expected: '#000',
  priorities: ['#a00', '#c70', '#579', '#888', '#888'],
  splits: ['#111', '#222', '#333', '#444', '#555', '#666', '#777', '#888'],
  isForced: false,
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
  stack: stackOf({
    priorities: [
      { id: '1', name: 'Highest' },
      { id: '2', name: 'High' },
    ],
    split: null,
  }),
  gap: 0.2,
  most: 3,
  size: { width: 800, height: 400 },
  palette,
}
const traces = (part: Partial<BarsInput> = {}): Partial<ScatterData>[] =>
  barsFigure({ ...input, ...part }).data as Partial<ScatterData>[]

function pointsOf(trace: Partial<ScatterData> | undefined): { readonly x: number[]; readonly y: number[] } {
  return { x: (trace?.x ?? []) as number[], y: (trace?.y ?? []) as number[] }
}

/** The bars that an area goes round, in minutes and whole tickets. */
function barsIn(trace: Partial<ScatterData> | undefined): unknown[] {
  const { x, y } = pointsOf(trace)
  return Array.from({ length: x.length / 6 }, (_, i) => ({
    from: Number(x[i * 6]?.toFixed(1)),
    to: Number(x[i * 6 + 2]?.toFixed(1)),
    base: Math.round(y[i * 6 + 3] ?? NaN),
    top: Math.round(y[i * 6 + 2] ?? NaN),
  }))
}

const splitOf = (...values: string[]) => ({
  by: 'issueType' as const,
  overlaps: false,
  parts: values.map((value) => ({ kind: 'value' as const, value, total: 1, counts: [] })),
})

test('a value keeps its colour while others come and go, and shares it with none beside it', () => {
  const first = coloursWith({}, splitOf('Task', 'Bug'))
  expect(coloursWith(first, splitOf('Bug'))).toBe(first)
  const next = coloursWith(first, splitOf('Story', 'Bug'))
  const { parts } = modelSplit(splitOf('Story', 'Bug'), next)
  expect(parts.map(({ colour }) => colour.index)).toEqual([0, 1])
  expect(
    new Set(modelSplit(splitOf('Task', 'Bug', 'Story'), next).parts.map(({ colour }) => colour.index)).size,
  ).toBe(3)
})

const part = (kind: 'value' | 'other', value: string | null) => ({ kind, value, total: 1, counts: [] })

describe('bars', () => {
  test('in colours of a split are told apart by patterns where the system forces its own', () => {
    const parts = [part('value', 'Bug'), part('value', 'Task'), part('other', null)]
    const { parts: stack } = modelSplit({ by: 'issueType', overlaps: false, parts })
    const bins = [bin(0, { parts: [1, 2, 3], total: 6 })]
    const plain = traces({ stack, bins, most: 6 })
    expect(plain.flatMap(barsIn)).toMatchObject([
      { base: 0, top: 1 },
      { base: 1, top: 3 },
      { base: 3, top: 6 },
    ])
    expect(plain.map(({ fillcolor }) => fillcolor)).toEqual(['#111', '#222', '#666'])
    const forced = traces({ stack, bins, palette: { ...palette, isForced: true } })
    const shapes = forced.map(({ fillpattern }) => fillpattern?.shape)
    expect(new Set(shapes.map(String)).size).toBe(3)
  })

  test('of different lengths are as wide as they are long', () => {
    const [highest] = traces({ bins: [bin(0, { minutes: 3 }), bin(3, { minutes: 5 })], gap: 0 })
    expect(barsIn(highest)).toMatchObject([
      { from: 0, to: 3 },
      { from: 3, to: 8 },
    ])
  })

  test('are stacked by priority, the most urgent at the bottom, minutes without tickets among them', () => {
    const settled = input.bins.map((one) => ({ ...one, state: 'settled' as const }))
    const [highest, high] = traces({ bins: settled })
    expect(barsIn(highest)).toMatchObject([
      { base: 0, top: 1 },
      { base: 0, top: 0 },
      { base: 0, top: 0 },
    ])
    expect(barsIn(high)).toMatchObject([
      { from: 0.1, to: 0.9, base: 1, top: 3 },
      { from: 1.1, base: 0, top: 0 },
      { from: 2.1, base: 0, top: 1 },
    ])
  })

  test('fill the span from its first to its last minute', () => {
    expect(barsFigure(input).layout.xaxis?.range).toEqual([0, 3])
  })

  test('are hatched, in the same colour, where their count may still change', () => {
    const [sure, unsure] = traces()
    expect(sure).toMatchObject({ fillcolor: '#a00' })
    expect(sure).not.toHaveProperty('fillpattern')
    expect(barsIn(sure)).toHaveLength(2)
    expect(unsure).toMatchObject({ fillcolor: '#a00', fillpattern: { shape: '/', fgcolor: '#a00' } })
    expect(barsIn(unsure)).toMatchObject([{ from: 2.1 }])
    expect(traces({ bins: [bin(0), bin(1)] })).toHaveLength(2)
  })

  test('stand on whole pixels, and none is thinner than one', () => {
    const day = Array.from({ length: 1_440 }, (_, i) => bin(i, { byPriority: [1, 0], total: 1 }))
    const [highest] = traces({ bins: day, most: 5_000 })
    const pxPerMinute = plotWidth(800) / 1_440
    const { x, y } = pointsOf(highest)
    for (const at of x) expect(at * pxPerMinute).toBeCloseTo(Math.round(at * pxPerMinute))
    const [from = 0, , to = 0] = x
    expect((to - from) * pxPerMinute).toBeCloseTo(1)
    const pxPerTicket = plotHeight(400) / countScale(5_000).top
    expect(Math.max(...y) * pxPerTicket).toBeCloseTo(1)
  })

  test('of a whole day do not ease, and only those are drawn that have a height', () => {
    const day = Array.from({ length: 1_440 }, (_, i) => bin(i, { byPriority: [i % 2, 0], total: i % 2 }))
    const figure = barsFigure({ ...input, bins: day })
    expect(figure.eased).toBe(false)
    expect(figure.data.map((trace) => barsIn(trace as Partial<ScatterData>).length)).toEqual([720, 0])
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
