import fc from 'fast-check'
import { expect, test } from 'vitest'
import { barsCsv, guarded, unguarded } from './csv.ts'

test.each(['=1+1', '+1', '-1', '@SUM(1)', '\t=1', '\r=1', '\n=1', '＝1', "=cmd|' /C calc'!A0", '='])(
  'what a spreadsheet would carry out begins with an apostrophe: %j',
  (text) => {
    expect(guarded(text)).toBe(`'${text}`)
  },
)

test.each(['', 'Login is slow', '#123', '1-2', ' =1', "'quoted'", '"=1"', 'a=b'])(
  'other texts are as they are: %j',
  (text) => {
    expect(guarded(text)).toBe(text)
    expect(unguarded(text)).toBe(text)
  },
)

test('every text comes back as it was, also one that has apostrophes of its own', () => {
  const text = fc.stringMatching(/^'{0,3}[=+\-@\t\r\n＝a']{0,3}/)
  fc.assert(
    fc.property(text, (original) => {
      expect(unguarded(guarded(original))).toBe(original)
      expect(guarded(original)).not.toMatch(/^[=+\-@\t\r\n＝]/)
    }),
  )
})

test('bars: what is not counted has the least that it is, and times are those of the zone, which is named', () => {
  const bar = {
    fromMs: Date.UTC(2026, 9, 25, 0, 30),
    toMs: Date.UTC(2026, 9, 25, 1, 30),
    counts: [1, 2],
    total: 3,
  }
  const counted = { ...bar, counted: true, atLeast: null, state: 'settled' }
  const rows = [counted, { ...bar, counted: false, atLeast: 3, state: 'not fetched' }]
  expect(barsCsv(rows, { names: ['=Highest', 'High'], zone: 'Europe/Berlin' }).split('\n')).toEqual([
    "from,to,from in Europe/Berlin,'=Highest,High,tickets,at least,state",
    '2026-10-25T00:30:00Z,2026-10-25T01:30:00Z,2026-10-25 02:30,1,2,3,,settled',
    '2026-10-25T00:30:00Z,2026-10-25T01:30:00Z,2026-10-25 02:30,,,,3,not fetched',
    '',
  ])
})
