import { expect, test } from 'vitest'
import { plainJson, plainText } from './plain-text.ts'

test.each([
  ['High', 'High'],
  ['Höchste – 優先 🔥', 'Höchste – 優先 🔥'],
  ['a\u001B[2Jb', 'a\u{FFFD}[2Jb'],
  ['a\u009B2Jb', 'a\u{FFFD}2Jb'],
  ['a\r\nb\tc', 'a\u{FFFD}\u{FFFD}b\u{FFFD}c'],
  ['fdp.\u202Egpj', 'fdp.\u{FFFD}gpj'],
  ['a\u2028b\u2066c\u200Bd', 'a\u{FFFD}b\u{FFFD}c\u{FFFD}d'],
])('%j is shown as %j', (name, shown) => expect(plainText(name)).toBe(shown))

test('a JSON document has nothing in it that a terminal would obey, and is the same document', () => {
  const value = { 'k\u009B': ['a\u001B[2J', '\u202Egpj', '\u2028', '\u{E0001}', '\u007F', 'é 優 🔥', 'a\nb'] }
  const json = plainJson(`${JSON.stringify(value)}\n`)
  expect(json).not.toMatch(/[^\n\P{Cc}]|\p{Cf}|\p{Zl}/u)
  expect(json).toContain('é 優 🔥')
  expect(JSON.parse(json)).toEqual(value)
})
