import { expect, test } from 'vitest'
import { createdFrom } from './created-from.ts'

test.each([
  [
    'project = TPM AND created >= 1700000000000 AND created < 1800000000000 ORDER BY created',
    1_700_000_000_000,
  ],
  ['created >= 5 AND (created >= 9 AND priority in (1, 2))', 9],
  ['CREATED > 7', 7],
  ['created >= 5 OR priority = 1', 0],
  ['NOT created >= 5', 0],
  ['created >= "-1h"', 0],
  ['created >= "5"', 0],
  ['updated >= 5', 0],
  ['created < 5', 0],
  ['ORDER BY created', 0],
  ['created >>> 5', 0],
  ['', 0],
])('%s looks at tickets from %d on', (jql, fromMs) => {
  expect(createdFrom(jql)).toBe(fromMs)
})
