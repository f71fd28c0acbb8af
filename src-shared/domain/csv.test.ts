import fc from 'fast-check'
import { expect, test } from 'vitest'
import { guarded, unguarded } from './csv.ts'

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
