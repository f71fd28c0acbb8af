import { expect, test } from 'vitest'
import { orderedQuery, queryFrom } from './page-after.ts'

test.each([
  ['project = TPM ORDER BY created ASC, key ASC', 'project = TPM', 'created'],
  ['project = TPM order  by Updated asc', 'project = TPM', 'updated'],
  ['project = TPM ORDER BY createdDate ASC', 'project = TPM', 'created'],
  ['project = TPM ORDER BY created', 'project = TPM', null],
  ['project = TPM ORDER BY updated DESC', 'project = TPM', null],
  ['project = TPM ORDER BY key ASC, created ASC', 'project = TPM', null],
  [
    String.raw`summary ~ "say \" ORDER BY created ASC" ORDER BY updated ASC`,
    String.raw`summary ~ "say \" ORDER BY created ASC"`,
    'updated',
  ],
])('%s is sorted by a time: %j, %j', (jql, where, sortTime) => {
  const query = orderedQuery(jql)
  expect(query.sortTime).toBe(sortTime)
  expect(query.where).toBe(where)
  expect(queryFrom(query, null).replaceAll(/\s+/g, ' ')).toBe(jql.replaceAll(/\s+/g, ' '))
})

test('a query without an order gets the one that edits do not change', () => {
  expect(queryFrom(orderedQuery(`labels = 'order by x'`), null)).toBe(
    `labels = 'order by x' ORDER BY created ASC, key ASC`,
  )
  expect(queryFrom(orderedQuery(''), 60_000)).toBe('created >= 60000 ORDER BY created ASC, key ASC')
})

test('from a time on, the rest of the query stays as it was meant', () => {
  expect(queryFrom(orderedQuery('a = 1 OR b = 2 ORDER BY updated ASC'), 120_000)).toBe(
    '(a = 1 OR b = 2) AND updated >= 120000 ORDER BY updated ASC',
  )
  // What is sorted otherwise cannot begin at a time.
  expect(queryFrom(orderedQuery('a = 1 ORDER BY key ASC'), 120_000)).toBe('a = 1 ORDER BY key ASC')
})
