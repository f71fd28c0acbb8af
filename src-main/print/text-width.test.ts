import { expect, test } from 'vitest'
import { cutText, flowText, textWidth, wrapText } from './text-width.ts'

const RED = '\u001B[31m'
const PLAIN = '\u001B[0m'

test('a line is as wide as it looks: colours take nothing, Chinese two columns, accents none of their own', () => {
  expect(textWidth('High 3')).toBe(6)
  expect(textWidth(`${RED}High${PLAIN} 3`)).toBe(6)
  expect(textWidth('最高 3')).toBe(6)
  expect(textWidth('Pe\u0301ter')).toBe(5)
  expect(textWidth('█▒░·–')).toBe(5)
})

test('a line is cut at the terminal’s edge, never in the middle of a colour or of a wide character', () => {
  expect(cutText('12345', 5)).toBe('12345')
  expect(cutText('123456', 5)).toBe('12345')
  expect(cutText(`12${RED}345678${PLAIN}`, 4)).toBe(`12${RED}34${PLAIN}`)
  expect(cutText('最高最高', 5)).toBe('最高')
})

test('what does not fit on one line goes on in the next', () => {
  expect(flowText(['one', 'two', 'three'], ' · ', 20)).toEqual(['one · two · three'])
  expect(flowText(['one', 'two', 'three'], ' · ', 10)).toEqual(['one · two', 'three'])
  expect(flowText(['much too long', 'two'], ' · ', 6)).toEqual(['much too long', 'two'])
  expect(flowText([], ' ', 5)).toEqual([])
})

test('a line is wrapped at words, below its own beginning', () => {
  expect(wrapText('  one two  three', 20)).toEqual(['  one two  three'])
  expect(wrapText('  one two three', 10)).toEqual(['  one two', '  three'])
})
