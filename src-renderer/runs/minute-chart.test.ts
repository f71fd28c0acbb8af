import { expect, test } from 'vitest'
import { barsText } from './run-minutes.tsx'

test('the bars are told in a sentence', () => {
  const minutes = [
    { minute: 870, planned: 2, created: 2, notMade: 0 },
    { minute: 871, planned: 0, created: 0, notMade: 0 },
    { minute: 872, planned: 3, created: 1, notMade: 1 },
  ]
  expect(barsText(minutes, 'UTC')).toBe(
    '14:30–14:33: 3 of 5 tickets made, 1 not made, at most 3 planned in a minute',
  )
  expect(barsText([], 'UTC')).toBe('Planned and made tickets by minute')
})
