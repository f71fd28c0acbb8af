import { expect, test } from 'vitest'
import { parseIndexLag } from './config.ts'

test.each([
  ['none', { kind: 'none' }],
  ['5s', { kind: 'fixed', ms: 5_000 }],
  ['0.5', { kind: 'fixed', ms: 500 }],
  ['2s-10s', { kind: 'random', minMs: 2_000, maxMs: 10_000 }],
  ['2-10', { kind: 'random', minMs: 2_000, maxMs: 10_000 }],
  ['10s-2s', null],
  ['3601s', null],
  ['5ss', null],
  ['-5s', null],
  ['', null],
  ['5m', null],
])('lag %j', (text, lag) => {
  expect(parseIndexLag(text)).toEqual(lag)
})
