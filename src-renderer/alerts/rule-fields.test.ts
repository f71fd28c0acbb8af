import { expect, test } from 'vitest'
import { NEW_RULE, readRule, type RuleFields } from './rule-fields.ts'

const read = (part: Partial<RuleFields>) => readRule({ ...NEW_RULE, ...part })

test('a sentence is a rule', () => {
  expect(read({})).toEqual({ condition: { kind: 'above-usual', often: 'month' }, scope: {} })
  expect(read({ kind: 'at-least', tickets: ' 12 ', minutes: '10', scope: 'priority 1' })).toEqual({
    condition: { kind: 'at-least', tickets: 12, minutes: 10 },
    scope: { priority: '1' },
  })
  expect(read({ scope: 'project OPS' })).toMatchObject({ scope: { project: 'OPS' } })
  expect(read({ kind: 'too-quiet' })).toEqual({ condition: { kind: 'too-quiet' }, scope: {} })
})

test('what was not fetched is of no priority', () => {
  expect(read({ kind: 'nothing-fetched', minutes: '2', scope: 'priority 1' })).toEqual({
    condition: { kind: 'nothing-fetched', minutes: 2 },
    scope: {},
  })
})

test.each([{ tickets: '0' }, { tickets: '' }, { tickets: '1.5' }, { minutes: '1441' }, { minutes: 'five' }])(
  '%j is no rule',
  (part) => {
    expect(read({ kind: 'at-least', ...part })).toBeNull()
  },
)
