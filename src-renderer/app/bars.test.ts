import { expect, test } from 'vitest'
import { tokenText } from './bars.tsx'

const at = (text: string): number => Date.parse(`${text}T12:00Z`)
const idOn = (today: string): string | undefined => tokenText('2026-12-03', at(today))?.id

test.each([
  ['2026-11-24', 'The API token ends in 9 days, on 3 Dec 2026. Make a new one.'],
  ['2026-12-02', 'The API token ends tomorrow, on 3 Dec 2026. Make a new one.'],
  ['2026-12-03', 'The API token ends today, on 3 Dec 2026. Make a new one.'],
  ['2026-12-10', 'The API token ended on 3 Dec 2026. Make a new one.'],
])('on %s: %s', (today, text) => {
  expect(tokenText('2026-12-03', at(today))?.text).toBe(text)
})

test('nothing is shown in time, nor of a day that nobody knows', () => {
  expect(tokenText('2026-12-03', at('2026-11-01'))).toBeNull()
  expect(tokenText(null, at('2026-11-01'))).toBeNull()
})

test('what was put away comes back on the next day', () => {
  expect(idOn('2026-11-24')).toBe(idOn('2026-11-24'))
  expect(idOn('2026-11-25')).not.toBe(idOn('2026-11-24'))
})
