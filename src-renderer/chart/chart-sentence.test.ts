import { expect, test } from 'vitest'
import type { Bin, ChartModel } from './chart-model.ts'
import { chartText, slotText } from './chart-text.ts'

const startMinute = Date.parse('2026-11-24T14:00Z') / 60_000
const bins: Bin[] = Array.from({ length: 60 }, (_, i) => ({
  startMinute: startMinute + i,
  minutes: 1,
  byPriority: [i === 37 ? 4 : 0],
  total: i === 37 ? 4 : 0,
  state: 'settled',
}))
const model: ChartModel = {
  view: 'bar',
  isTooLong: false,
  isCrowded: false,
  split: null,
  barMinutes: 1,
  zone: 'UTC',
  priorities: [{ id: '1', name: 'Highest' }],
  bins,
  gaps: [],
  planned: null,
  compared: null,
  usual: null,
  marks: [],
  most: 4,
  finished: bins,
  distribution: [],
  slots: 60,
}
const distribution: ChartModel = {
  ...model,
  view: 'distribution',
  distribution: [
    { tickets: 0, observed: 59, expected: 56.1 },
    { tickets: 1, observed: 1, expected: 3.9 },
  ],
  slots: 2,
}

test('a chart is described in a sentence with its total and its peak', () => {
  expect(chartText(model)).toBe('Tickets per minute, Tue 24 Nov, 14:00–15:00: 4 tickets, most at 14:37: 4')
})

test('a distribution is described with its verdict', () => {
  expect(chartText(distribution)).toMatch(
    /^Distribution of tickets over 60 minutes, Tue 24 Nov, 14:00–15:00\. Too few tickets/,
  )
})

test('each bar is described by itself; beside the bars there is silence', () => {
  expect(slotText(model, 37)).toBe('14:37, 4 tickets: 4 Highest')
  expect(slotText(distribution, 1)).toBe('1 minute with 1 or more tickets, chance expects 3.9')
  expect(slotText(model, 60)).toBe('')
})
