import { describe, expect, test } from 'vitest'
import type { Bin, ChartModel } from '../chart-model.ts'
import {
  barsAt,
  barsOfSpan,
  binsWith,
  cursorText,
  edgesOf,
  mergedBin,
  timeOfBars,
  stepped,
  type Cursor,
} from './cursor.ts'

const first = Date.parse('2026-11-24T14:00Z') / 60_000
const bin = (i: number, state: Bin['state'] = 'settled', minutes = 1): Bin => ({
  startMinute: first + i * minutes,
  minutes,
  byPriority: [i % 2, i],
  total: (i % 2) + i,
  state,
})
const model = (bins: readonly Bin[]): ChartModel => ({
  view: 'bar',
  zone: 'UTC',
  priorities: [
    { id: '1', name: 'Highest' },
    { id: '2', name: 'High' },
  ],
  bins,
  gaps: [],
  planned: null,
  compared: null,
  usual: null,
  marks: [],
  most: 0,
  finished: [],
  distribution: [],
  slots: bins.length,
  isTooLong: false,
  isCrowded: false,
  split: null,
  barMinutes: bins[0]?.minutes ?? 1,
})
/** Six minutes, the last of which is not over. */
const six = model([0, 1, 2, 3, 4, 5].map((i) => bin(i, i === 5 ? 'unfinished' : 'settled')))
const distribution: ChartModel = {
  ...six,
  view: 'distribution',
  distribution: [0, 1, 2].map((tickets) => ({ tickets, observed: 1, expected: 1 })),
  slots: 3,
}
const moved = (by: number): ChartModel => model([0, 1, 2, 3, 4, 5].map((i) => bin(i + by)))
const walk = (chart: ChartModel, ...steps: (readonly [number, boolean])[]): Cursor | null =>
  steps.reduce<Cursor | null>((cursor, [by, extend]) => stepped(chart, cursor, by, extend), null)

describe('the keys', () => {
  test('begin at the newest bar that is over', () => {
    expect(walk(six, [-1, false])).toEqual({ at: first + 4, anchor: first + 4, by: 'key' })
    expect(walk(six, [1, true])).toEqual({ at: first + 4, anchor: first + 4, by: 'key' })
    expect(walk(six, [-Infinity, false])?.at).toBe(first)
    expect(walk(six, [Infinity, false])?.at).toBe(first + 5)
  })

  test('go along the bars and stop at either end', () => {
    expect(walk(six, [-1, false], [-1, false], [-1, false])?.at).toBe(first + 2)
    expect(walk(six, [-1, false], [1, false], [1, false], [1, false])?.at).toBe(first + 5)
    expect(walk(six, [-1, false], [-Infinity, false])?.at).toBe(first)
  })

  test('with Shift leave the other end where it is, and without it let go', () => {
    const extended = walk(six, [-1, false], [-1, true], [-1, true])
    expect(extended).toEqual({ at: first + 2, anchor: first + 4, by: 'key' })
    expect(stepped(six, extended, 1, true)).toMatchObject({ at: first + 3, anchor: first + 4 })
    expect(stepped(six, extended, -1, false)).toMatchObject({ at: first + 1, anchor: first + 1 })
  })

  test('in the distribution choose one bar after the other', () => {
    expect(walk(distribution, [1, false], [1, true])).toEqual({ at: 1, anchor: 1, by: 'key' })
  })

  test('have nowhere to go where there is no bar', () => {
    expect(walk(model([]), [1, false])).toBeNull()
  })
})

test('a bar of the distribution knows its minutes, the last one also those that had more', () => {
  const counted = { ...distribution, finished: six.bins.slice(0, 5) }
  expect([0, 1, 2].map((tickets) => binsWith(counted, tickets).map(({ total }) => total))).toEqual([
    [0],
    [],
    [2, 2, 4, 4],
  ])
})

describe('what is looked at', () => {
  test('stays at its bars when the chart moves on, until it leaves them behind', () => {
    const cursor = { at: first + 1, anchor: first + 3 }
    expect(barsAt(six, cursor)).toEqual({ first: 1, last: 3 })
    expect(barsAt(moved(1), cursor)).toEqual({ first: 0, last: 2 })
    expect(barsAt(moved(3), cursor)).toEqual({ first: 0, last: 0 })
    expect(barsAt(moved(4), cursor)).toBeNull()
  })

  test('is found where bars are wider', () => {
    const wide = model([0, 1].map((i) => bin(i, 'settled', 5)))
    expect(edgesOf(wide)).toEqual([first, first + 5, first + 10])
    expect(barsAt(wide, { at: first + 7, anchor: first + 1 })).toEqual({ first: 0, last: 1 })
  })

  test('is a span of time, and a span of time is bars', () => {
    const span = timeOfBars(six, { first: 1, last: 3 })
    expect(span).toEqual({ fromMs: (first + 1) * 60_000, toMs: (first + 4) * 60_000 })
    expect(span && barsOfSpan(six, span)).toEqual({ first: 1, last: 3 })
    expect(timeOfBars(distribution, { first: 1, last: 1 })).toBeNull()
    expect(barsOfSpan(six, { fromMs: 0, toMs: first * 60_000 })).toBeNull()
  })

  test('is told as one, and no surer than its least sure bar', () => {
    const merged = mergedBin(six, { first: 3, last: 5 })
    expect(merged).toEqual({
      startMinute: first + 3,
      minutes: 3,
      byPriority: [2, 12],
      total: 14,
      state: 'unfinished',
    })
    expect(mergedBin(model([bin(0), bin(1, 'future')]), { first: 0, last: 1 })?.state).toBe('settled')
    expect(cursorText(six, { at: first + 3, anchor: first + 1, by: 'key' })).toBe(
      '3 bars, 14:01–14:04, 8 tickets: 2 Highest, 6 High',
    )
    expect(cursorText(six, { at: first, anchor: first, by: 'key' })).toBe('14:00, 0 tickets')
  })
})

test('what runs have planned for several bars is said as their sum', () => {
  const bins = Array.from({ length: 4 }, (_, i) => bin(i))
  const planned = { ...model(bins), planned: [0, 2, 3, 0] }
  const over = (at: number, anchor: number): string =>
    cursorText(planned, { at: first + at, anchor: first + anchor, by: 'key' })
  expect(over(1, 3)).toMatch(/^3 bars, .*, 5 planned$/)
  expect(over(2, 2)).toMatch(/, 3 planned$/)
  expect(over(3, 3)).not.toContain('planned')
})
