import { expect, test } from 'vitest'
import { plainText } from './plain-text.ts'

test.each([
  ['High', 'High'],
  ['Höchste – 優先 🔥', 'Höchste – 優先 🔥'],
  ['a\u001B[2Jb', 'a\u{FFFD}[2Jb'],
  ['a\u009B2Jb', 'a\u{FFFD}2Jb'],
  ['a\r\nb\tc', 'a\u{FFFD}\u{FFFD}b\u{FFFD}c'],
  ['fdp.\u202Egpj', 'fdp.\u{FFFD}gpj'],
  ['a\u2028b\u2066c\u200Bd', 'a\u{FFFD}b\u{FFFD}c\u{FFFD}d'],
])('%j is shown as %j', (name, shown) => expect(plainText(name)).toBe(shown))
