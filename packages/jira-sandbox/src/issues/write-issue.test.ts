import { expect, test } from 'vitest'
import { openSandboxDatabase } from '../database/open-database.ts'
import { addIssue, manualClock, openTestSite } from '../../test-support/site.ts'

const START = Date.UTC(2026, 5, 1, 12)

test('after a crash no ticket is stamped before one that is there, although the machine’s clock was set back', () => {
  const clock = manualClock(START)
  const db = openSandboxDatabase(':memory:')
  addIssue(openTestSite(clock, {}, db))
  clock.set(START - 3_600_000)
  const restarted = openTestSite(clock, {}, db)
  addIssue(restarted)
  expect(restarted.issues.all(undefined).map(({ createdMs }) => createdMs)).toEqual([START, START])
  db.close()
})

test('a ticket that is refused leaves no trace, not even a number', () => {
  const site = openTestSite(manualClock(START))
  expect(() => addIssue(site, { priority: { id: '9' } })).toThrow('400')
  expect(addIssue(site)).toBe('TPM-1')
  site.db.close()
})
