import fc from 'fast-check'
import { expect, test } from 'vitest'
import { wikiText } from './data-center.ts'

test('paragraphs are apart by an empty line', () => {
  expect(wikiText(['One.', 'Two.', ''])).toBe('One.\n\nTwo.\n\n')
})

test.each([
  ['{code}rm{code}', String.raw`\{code\}rm\{code\}`],
  ['see [the page|https://x.example]', String.raw`see \[the page\|https://x.example\]`],
  ['[~ada] look', String.raw`\[\~ada\] look`],
  ['!logo.png!', String.raw`\!logo.png\!`],
  ['*bold* _slant_', String.raw`\*bold\* \_slant\_`],
  ['-gone- +new+ ^up^ ~down~', String.raw`\-gone\- \+new\+ \^up\^ \~down\~`],
  ['a -- b --- c ----', String.raw`a \-\- b \-\-\- c \-\-\-\-`],
  ['on-call snake_case 2*3 a^b', 'on-call snake_case 2*3 a^b'],
  ['* item', String.raw`\* item`],
  ['# item', String.raw`\# item`],
  ['## item', String.raw`\#\# item`],
  ['issue #5', 'issue #5'],
  ['||head|| |cell|', String.raw`\|\|head\|\| \|cell\|`],
  ['??who?? why?', String.raw`\?\?who\?\? why?`],
  ['h1. Title', 'h1&#46; Title'],
  ['bq. Words', 'bq&#46; Words'],
  ['see h1. there', 'see h1. there'],
  [String.raw`C:\temp \\ end`, 'C:&#92;temp &#92;&#92; end'],
  ['fine :) or (y) (!) ;)', String.raw`fine :\) or \(y) \(\!) ;\)`],
  ['AT&T &amp; &#42;', 'AT&T &#38;amp; &#38;#42;'],
  ['at 10:30 (see below); it is', 'at 10:30 (see below); it is'],
])('%j becomes %j', (text, expected) => {
  expect(wikiText([text])).toBe(expected)
})

test('nothing is lost: without its escapes the text is the same', () => {
  const text = fc.string({
    unit: fc.constantFrom(...Array.from('ab1 {}[]*_-+^~!|#?\\:;()h.\n&')),
    maxLength: 40,
  })
  fc.assert(
    fc.property(text, (plain) => {
      const wiki = wikiText([plain])
      const read = wiki.replaceAll(
        /\\(.)|&#(38|46|92);/gs,
        (_all, mark: string | undefined, code: string) => mark ?? String.fromCharCode(Number(code)),
      )
      expect(read).toBe(plain)
    }),
    { numRuns: 500 },
  )
})

test('whatever a brace or bracket stands in, it is escaped', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 40 }), (plain) => {
      expect(wikiText([plain])).not.toMatch(/(?<!\\)[{}[\]|!]/)
    }),
  )
})
