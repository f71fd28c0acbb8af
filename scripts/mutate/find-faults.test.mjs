import { expect, test } from 'vitest'
import { findFaults, seededRandom, withFault } from './find-faults.mjs'

const faultsIn = (source) =>
  findFaults('a.ts', source).map((fault) => `${fault.name}: ${withFault(source, fault)}`)

test('operators, literals, conditions, statements and await are changed, one at a time', () => {
  expect(faultsIn('const a = b < 2')).toEqual(['< is <=: const a = b <= 2', '2 is 3: const a = b < 3'])
  expect(faultsIn('if (!a) b()')).toEqual([
    'a condition always holds: if (true) b()',
    'a condition never holds: if (false) b()',
    '! is left out: if (a) b()',
    'a statement is left out: if (!a) ;',
  ])
  expect(faultsIn('const a = b ?? (c ? d : e)')).toEqual([
    'what stands after ?? is left out: const a = b',
    'the branches are exchanged: const a = b ?? (c ? e : d)',
  ])
  expect(faultsIn('const a = (await b) && true')).toEqual([
    '&& is ||: const a = (await b) || true',
    'await is left out: const a = (b) && true',
    'true is false: const a = (await b) && false',
  ])
})

test('types, imports and texts are left alone', () => {
  expect(faultsIn("'use strict'\nimport a from 'a'\ntype B = 1 | true\nconst c: 2 = a + 'd'")).toEqual([])
})

test('the same seed gives the same numbers', () => {
  const [one, two] = [seededRandom(7), seededRandom(7)]
  const numbers = Array.from({ length: 100 }, one)
  expect(Array.from({ length: 100 }, two)).toEqual(numbers)
  expect(new Set(numbers).size).toBe(100)
  expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true)
})
