import { expect, test } from 'vitest'
import { auditWords } from './audit-words.ts'

const whole = {
  run: 'abcdefgh',
  planned: 100,
  created: 100,
  watched: 41,
  indexed: 41,
  fetched: 41,
  charted: 41,
  missing: [],
  extra: [],
  ok: true,
}

test('a whole run says that nothing was lost, with all six numbers', () => {
  expect(auditWords(whole)).toBe(
    'Nothing lost: 100 planned = 100 created; 41 watched = 41 indexed = 41 fetched = 41 charted.',
  )
})

test('a run with gaps names the first ticket that is missing, and why', () => {
  const missing = [{ key: 'TPM-7', slot: 6, reason: 'not indexed yet' }]
  expect(auditWords({ ...whole, indexed: 40, fetched: 40, charted: 40, missing, ok: false })).toBe(
    '100 planned, 100 created; 41 watched, 40 indexed, 40 fetched, 40 charted. 1 missing, first TPM-7: not indexed yet.',
  )
})
