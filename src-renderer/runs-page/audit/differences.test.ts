import { expect, test } from 'vitest'
import { DifferenceKind } from '../../../src-shared/contract/runs/audit.ts'
import { auditOf } from '../../../test-support/renderer/runs-page/runs.ts'
import { differencesIn, differencesOf, kindText, whyText } from './audit.ts'

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

test('those that an audit only counts are there, too', () => {
  expect(differencesIn(audit)).toBe(4)
  expect(differencesIn({ kinds: [{ kind: 'failed', count: 100_000 }] })).toBe(100_000)
})

test('every kind of the contract has words of its own', () => {
  const kinds = DifferenceKind.enum
  expect(new Set(kinds.map(kindText)).size).toBe(kinds.length)
})

test('a reason does not say the kind once more', () => {
  expect(whyText({ reason: 'failed: Jira refused it', why: 'Jira refused it' })).toBe('Jira refused it')
  expect(whyText({ reason: 'deleted, or no longer to be seen' })).toBe('Deleted, or no longer to be seen')
})
