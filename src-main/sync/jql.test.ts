import { expect, test } from 'vitest'
import { allWatchedJql, changedJql, createdJql } from './scope.ts'

const everywhere = { projectKey: null, priorityIds: ['1', '2'], fieldId: 'priority' }
const inProject = { projectKey: 'TPM', priorityIds: ['2'], fieldId: 'priority' }
const severe = { projectKey: 'TPM', priorityIds: ['10100'], fieldId: 'customfield_10050' }

test('the first fetch asks for every watched ticket, bounded, in an order that edits do not change', () => {
  expect(allWatchedJql(everywhere)).toBe('priority in (1, 2) AND created >= 0 ORDER BY created ASC, key ASC')
  expect(allWatchedJql(inProject)).toBe(
    'priority in (2) AND created >= 0 AND project = "TPM" ORDER BY created ASC, key ASC',
  )
})

test('a piece of it asks for a span of creation', () => {
  expect(createdJql(inProject, { fromMs: 60_000, toMs: 180_000 })).toBe(
    'priority in (2) AND created >= 60000 AND created < 180000 AND project = "TPM" ORDER BY created ASC, key ASC',
  )
})

test('later ones ask for what changed among tickets that are watched or were, from a whole minute on', () => {
  const sinceMs = Date.UTC(2026, 8, 27, 8, 3, 11, 123)
  expect(changedJql(inProject, sinceMs)).toBe(
    `(priority in (2) OR priority was in (2)) AND updated >= ${Date.UTC(2026, 8, 27, 8, 3)} AND project = "TPM" ` +
      'ORDER BY updated ASC, key ASC',
  )
})

test('a custom field has no history that could be asked for, so whatever changed is', () => {
  expect(allWatchedJql(severe)).toContain('cf[10050] in (10100) AND created >= 0')
  expect(changedJql(severe, 120_000)).toBe(
    'updated >= 120000 AND project = "TPM" ORDER BY updated ASC, key ASC',
  )
})

test('what looks back before 1970 begins there', () => {
  expect(changedJql(everywhere, -900_000)).toContain('updated >= 0 ORDER BY')
})

test('names are quoted so that they stay names', () => {
  const jql = allWatchedJql({
    ...everywhere,
    projectKey: String.raw`A" OR key = "B\ `,
    priorityIds: ['1) OR (2'],
  })
  expect(jql).toContain(String.raw`project = "A\" OR key = \"B\\ "`)
  expect(jql).toContain('priority in ("1) OR (2")')
})
