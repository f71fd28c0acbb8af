import { expect, test } from 'vitest'
import { plainNotes } from './update-text.ts'

test('tags go, lines stay', () => {
  expect(
    plainNotes('<h2>New</h2>\n<ul><li>One &amp; two</li><li>1 &lt; 2</li></ul><script>x()</script>'),
  ).toBe('New\nOne & two\n1 < 2\nx()')
})

test('what is not seen is shown', () => {
  expect(plainNotes('safe \u202Eevil\u0007')).toBe('safe \uFFFDevil\uFFFD')
})

test('a list of versions is one text', () => {
  const notes = [{ version: '2.0.0', note: 'Two' }, { version: '1.1.0', note: null }, 7, { note: 'One' }]
  expect(plainNotes(notes)).toBe('Two\nOne')
})

test.each([[null], [undefined], [7], [{}], [[]]])('%j are none', (notes) => {
  expect(plainNotes(notes)).toBe('')
})

test.each([['word '.repeat(1_000_000)], ['line\n'.repeat(1_000_000)], ['<'.repeat(1_000_000)]])(
  'notes without an end are cut, at once',
  (notes) => {
    const began = performance.now()
    const shown = plainNotes(notes)
    expect(performance.now() - began).toBeLessThan(500)
    expect(shown.length).toBeLessThanOrEqual(801)
    expect(shown.split('\n').length).toBeLessThanOrEqual(12)
    expect(shown.endsWith('…')).toBe(true)
  },
)
