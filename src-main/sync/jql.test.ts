import { expect, test } from 'vitest'
import { allWatchedJql, changedJql } from './jql.ts'

const everywhere = { projectKey: null, priorityIds: ['1', '2'] }
const inProject = { projectKey: 'TPM', priorityIds: ['2'] }

test('the first fetch asks for every watched ticket, bounded, in an order that edits do not change', () => {
  expect(allWatchedJql(everywhere)).toBe('priority in (1, 2) AND updated >= 0 ORDER BY created ASC, key ASC')
  expect(allWatchedJql(inProject)).toBe(
    'priority in (2) AND updated >= 0 AND project = "TPM" ORDER BY created ASC, key ASC',
  )
})

test('later ones ask for what changed among tickets that are watched or were, from a whole minute on', () => {
  const sinceMs = Date.UTC(2026, 8, 27, 8, 3, 11, 123)
  expect(changedJql(inProject, sinceMs)).toBe(
    `(priority in (2) OR priority was in (2)) AND updated >= ${Date.UTC(2026, 8, 27, 8, 3)} AND project = "TPM" ` +
      'ORDER BY updated ASC, key ASC',
  )
})

test('what looks back before 1970 begins there', () => {
  expect(changedJql(everywhere, -900_000)).toContain('updated >= 0 ORDER BY')
})

test('names are quoted so that they stay names', () => {
  const jql = allWatchedJql({ projectKey: String.raw`A" OR key = "B\ `, priorityIds: ['1) OR (2'] })
  expect(jql).toContain(String.raw`project = "A\" OR key = \"B\\ "`)
  expect(jql).toContain('priority in ("1) OR (2")')
})
