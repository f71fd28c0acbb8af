import { expect, test } from 'vitest'
import { auditMinute } from '../../../test-support/renderer/runs-page/runs.ts'
import { chainsOf, differingFigures, differs } from './audit.ts'

const signs = (part: Parameters<typeof auditMinute>[2], ofRun = true): string =>
  chainsOf(auditMinute(0, 9, part), ofRun)
    .map((chain) => chain.map(({ sign, word, count }) => `${sign ?? ''}${count} ${word}`).join(' '))
    .join('; ')

test('of a whole run, every figure equals the one before it', () => {
  expect(signs({})).toBe('9 planned =9 created; 9 watched =9 indexed =9 fetched =9 charted')
})

test('a figure that is another than the one before it is marked, and no other', () => {
  expect(signs({ created: 8, fetched: 7, charted: 7 })).toBe(
    '9 planned ≠8 created; 9 watched =9 indexed ≠7 fetched =7 charted',
  )
})

test('of a span, the tickets of others are added before it is compared', () => {
  expect(signs({ others: 2, indexed: 11, fetched: 11, charted: 11 }, false)).toBe(
    '9 planned =9 created; 9 watched +2 others =11 indexed =11 fetched =11 charted',
  )
})

test('a minute differs where any of its figures does', () => {
  expect(differs(auditMinute(0, 9))).toBe(false)
  expect(differs(auditMinute(0, 9, { others: 1, indexed: 10, fetched: 10, charted: 10 }))).toBe(false)
  for (const word of ['planned', 'created', 'watched', 'others', 'indexed', 'fetched', 'charted'] as const) {
    expect(differs(auditMinute(0, 9, { [word]: 5 })), word).toBe(true)
  }
  expect(differingFigures(auditMinute(0, 9, { created: 8, charted: 0 }))).toEqual(['created', 'charted'])
})
