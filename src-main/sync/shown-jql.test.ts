import { describe, expect, test } from 'vitest'
import { alike, never, QUERY, TICKET } from '../../test-support/jira/both.ts'
import type { Jira } from '../jira/jira.ts'
import { createAccountZone, shownJql } from './shown-jql.ts'

const MINUTE = 60_000
const scope = { projectKey: 'TPM', priorityIds: ['1', '2'], fieldId: 'priority' }

test('whole minutes by the clock of the zone, and what is watched in them', () => {
  const fromMs = Date.UTC(2026, 10, 24, 14, 5, 30)
  expect(shownJql(scope, { fromMs, toMs: fromMs + MINUTE }, 'Asia/Kolkata')).toBe(
    'priority in (1, 2) AND created >= "2026-11-24 19:35" AND created < "2026-11-24 19:37" AND project = "TPM" ' +
      'ORDER BY created DESC, key DESC',
  )
})

test.each([
  [{ components: [''] }, 'component is EMPTY'],
  [{ components: ['', 'Search'] }, '(component is EMPTY OR component in ("Search"))'],
  [{ labels: ['a'] }, 'labels in ("a")'],
  [{ without: { labels: [''] } }, 'labels is not EMPTY'],
  [{ without: { labels: ['', 'a'] } }, 'labels not in ("a")'],
  [{ without: { labels: ['a'] } }, '(labels is EMPTY OR labels not in ("a"))'],
  [{ without: { issueTypes: ['Bug'] } }, 'issuetype not in ("Bug")'],
])('the filter %j is %s', (filter, jql) => {
  expect(shownJql(scope, { fromMs: 0, toMs: MINUTE }, 'UTC', filter)).toContain(
    ` AND project = "TPM" AND ${jql} ORDER BY`,
  )
})

describe.each([
  ['a usual day', 'America/Los_Angeles', Date.UTC(2027, 0, 15, 14)],
  ['clocks put back', 'Europe/Berlin', Date.UTC(2026, 9, 25, 0)],
  ['clocks put forward', 'Europe/Berlin', Date.UTC(2027, 2, 28, 0)],
  ['clocks put back at midnight', 'America/Santiago', Date.UTC(2027, 3, 4, 2)],
  ['clocks put forward at midnight', 'America/Santiago', Date.UTC(2026, 8, 6, 3)],
])('%s in %s', (_what, zone, beginsMs) => {
  test('each quarter of an hour is found alone, by both kinds of Jira', { timeout: 20_000 }, async () => {
    const quarters = Array.from({ length: 12 }, (_, n) => beginsMs + n * 15 * MINUTE)
    await alike({ settings: { userZone: zone } }, async ({ jira, server }) => {
      const made: string[] = []
      for (const atMs of quarters) {
        server.clock.set(atMs + 7 * MINUTE)
        made.push((await jira.create(TICKET, never)).key)
      }
      const told = await createAccountZone(jira, { now: () => 0 }, never)()
      const found: string[] = []
      for (const fromMs of quarters) {
        const jql = shownJql(scope, { fromMs, toMs: fromMs + 15 * MINUTE }, told)
        const { tickets } = await jira.search({ ...QUERY, pageSize: 50, jql }, never)
        found.push(tickets.map(({ key }) => key).join())
      }
      expect(found).toEqual(made)
      return found.length
    })
  })
})

test('the zone is asked for once in a while, and again where that failed', async () => {
  const clock = { now: () => nowMs }
  let nowMs = 0
  let asked = 0
  const jira: Pick<Jira, 'identity'> = {
    async identity() {
      asked += 1
      if (asked === 1) throw new Error('away')
      return { accountId: 'a', displayName: 'A', timeZone: asked === 2 ? 'Europe/Berlin' : 'Asia/Tokyo' }
    },
  }
  const zone = createAccountZone(jira, clock, never)
  await expect(zone()).rejects.toThrow('away')
  expect(await zone()).toBe('Europe/Berlin')
  expect(await zone()).toBe('Europe/Berlin')
  nowMs = 3_600_000
  expect(await zone()).toBe('Asia/Tokyo')
})
