import { expect, test } from 'vitest'
import { refusedByJira } from './errors.ts'

test.each([
  [403, 'no', /may do in Jira/],
  [400, "The value 'NOPE' does not exist for the field 'project'.", /doctor/],
  [400, 'The summary is missing', /^$/],
])('a refusal (%s: %s) says what to do where that is known', (status, said, hint) => {
  const error = refusedByJira('jira.test', status, said)
  expect(error.hint).toMatch(hint)
  expect(error.message).toContain(said.replace(/\.$/, ''))
})
