import { expect, test } from 'vitest'
import { DifferenceKind } from '../../../src-shared/contract/models.ts'
import { auditOf } from '../testing-runs.ts'
import { differencesOf, kindsOf, kindWords } from './differences.ts'

const missing = { key: null, run: 'run-0', slot: 1, reason: '' }
const audit = auditOf({
  missing: [
    { ...missing, minute: 7, kind: 'failed' },
    { ...missing, slot: 2, minute: 9, kind: 'not-indexed' },
    { ...missing, slot: 3, minute: 9, kind: 'not-indexed' },
  ],
  extra: [{ key: 'TPM-9', minute: 8, kind: 'foreign', reason: 'Not ours.' }],
})

test('what is missing and what is too much stand in one list, in order of time', () => {
  expect(differencesOf(audit).map(({ kind, minute }) => `${minute} ${kind}`)).toEqual([
    '7 failed',
    '8 foreign',
    '9 not-indexed',
    '9 not-indexed',
  ])
  expect(differencesOf(audit)[1]).toMatchObject({ key: 'TPM-9', run: null, slot: null, reason: 'Not ours.' })
})

test('kinds are counted, the most frequent first', () => {
  expect(kindsOf(differencesOf(audit))).toEqual([
    ['not-indexed', 2],
    ['failed', 1],
    ['foreign', 1],
  ])
})

test('100,000 differences are sorted and counted before anyone notices', () => {
  const many = Array.from({ length: 100_000 }, (_, i) => ({
    ...missing,
    slot: i,
    minute: (i * 7_919) % 1_440,
    kind: 'not-fetched' as const,
  }))
  const began = performance.now()
  expect(kindsOf(differencesOf(auditOf({ missing: many })))).toEqual([['not-fetched', 100_000]])
  expect(performance.now() - began).toBeLessThan(10_000)
})

test('every kind of the contract has words of its own', () => {
  const kinds = DifferenceKind.anyOf.map((literal) => literal.const)
  expect(new Set(kinds.map(kindWords)).size).toBe(kinds.length)
})
