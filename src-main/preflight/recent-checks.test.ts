import { expect, test } from 'vitest'
import { createHandClock } from '../../test-support/sync/clock.ts'
import { createRecentChecks, type RecentCheck } from './recent-checks.ts'

const checked: RecentCheck = {
  url: 'https://jira.example.com',
  user: 'me@example.com',
  projectKey: 'TPM',
  fieldId: 'priority',
  valueIds: ['1', '2'],
}

test('a check holds for one run of the same, for ten minutes', () => {
  const clock = createHandClock()
  const checks = createRecentChecks(clock)
  checks.note(checked)
  expect(checks.take({ ...checked, projectKey: 'tpm', valueIds: ['2', '1'] })).toBe(true)
  expect(checks.take(checked)).toBe(false)
  checks.note(checked)
  clock.jump(600_001)
  expect(checks.take(checked)).toBe(false)
})

test.each<Partial<RecentCheck>>([
  { url: 'https://other.example.com' },
  { user: null },
  { projectKey: 'OPS' },
  { fieldId: 'customfield_1' },
  { valueIds: ['1'] },
])('another one is checked by itself: %j', (other) => {
  const checks = createRecentChecks(createHandClock())
  checks.note(checked)
  expect(checks.take({ ...checked, ...other })).toBe(false)
})
