import { expect, test } from 'vitest'
import { axesOf } from './axes.ts'
import type { ChartModel } from '../chart-model.ts'
import { MARGIN, plotWidth } from '../geometry.ts'

const SIZE = { width: 800, height: 400 }
const FROM = Date.parse('2026-11-24T14:00Z') / 60_000

function model(part: Partial<ChartModel>): ChartModel {
  const bins = Array.from({ length: 60 }, (_, i) => ({ startMinute: FROM + i, minutes: 1 }))
  return { view: 'bar', bins, most: 3, zone: 'UTC', distribution: [], slots: 60, ...part } as ChartModel
}

function bars(length: number): ChartModel['distribution'] {
  return Array.from({ length }, (_, tickets) => ({ tickets, observed: 1, expected: 1 }))
}

test('counts are labelled at whole numbers from the base upwards, times at round ones', () => {
  const { counts, along } = axesOf(model({}), SIZE)
  expect(counts.map(({ text }) => text)).toEqual(['0', '2', '4', '6', '8'])
  expect(counts[0]?.at).toBe(SIZE.height - MARGIN.b)
  expect(counts.at(-1)?.at).toBeGreaterThan(MARGIN.t)
  expect(along.map(({ text }) => text)).toEqual(['14:00', '14:10', '14:20', '14:30', '14:40', '14:50'])
  expect(along[1]?.at).toBeCloseTo(MARGIN.l + plotWidth(SIZE.width) / 6)
})

test('large counts have room beside the chart', () => {
  const { counts } = axesOf(model({ most: 40_000 }), SIZE)
  expect(counts.map(({ text }) => text)).toEqual(['0', '10k', '20k', '30k', '40k'])
  expect(axesOf(model({ most: 4_000 }), SIZE).counts.at(-1)?.text).toBe('4,000')
})

test('of a distribution, numbers of tickets stand below the middles of their bars, as many as have room', () => {
  const shown = (length: number) =>
    axesOf(model({ view: 'distribution', distribution: bars(length), slots: length }), SIZE).along
  expect(shown(4).map(({ text }) => text)).toEqual(['0', '1', '2', '3+'])
  expect(shown(4)[0]?.at).toBe(MARGIN.l + plotWidth(SIZE.width) / 8)
  const many = shown(200)
  expect(many.length).toBeLessThan(30)
  for (const [i, { at }] of many.slice(1).entries()) expect(at - (many[i]?.at ?? 0)).toBeGreaterThan(25)
})

test('before there are counts, the lines stand where those of few tickets will be', () => {
  const { counts, along } = axesOf(null, SIZE)
  expect(counts.map(({ at }) => at)).toEqual(axesOf(model({}), SIZE).counts.map(({ at }) => at))
  expect(counts.map(({ text }) => text).join('')).toBe('')
  expect(along).toEqual([])
})
