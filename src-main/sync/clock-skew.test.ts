import { expect, test } from 'vitest'
import { createSiteTime } from '../runtime/clock.ts'
import { answerJson, createJumpClock, jiraAt, startRawServer } from '../../test-support/jira/jira.ts'
import { followDateHeader } from './fetch-parts.ts'
import { openTestSync } from '../../test-support/sync/sync.ts'

test('a site whose clock is apart from ours sets the site’s time', () => {
  const clock = createJumpClock()
  const siteTime = createSiteTime(clock)
  followDateHeader(siteTime, clock, clock.now() + 95_000)
  expect(siteTime.now() - clock.now()).toBe(95_500)
})

test('whole seconds and the way of an answer are no difference', () => {
  const clock = createJumpClock()
  const siteTime = createSiteTime(clock)
  const before = siteTime.current()
  for (const differenceMs of [-2_000, -999, 0, 1_000])
    followDateHeader(siteTime, clock, clock.now() + differenceMs)
  expect(siteTime.current()).toBe(before)
})

test('a fetch measures it, for the sites where it is asked to', async () => {
  const ahead = new Date(Date.now() + 600_000).toUTCString()
  const server = await startRawServer((response, { path }) =>
    path.endsWith('/myself')
      ? answerJson(response, { accountId: 'a', displayName: 'Ada', timeZone: 'UTC' })
      : answerJson(response, { issues: [], isLast: true }, { headers: { date: ahead } }),
  )
  const following = await openTestSync(jiraAt(server.url), { adjustClock: true })
  const leaving = await openTestSync(jiraAt(server.url))
  await following.sync.now()
  await leaving.sync.now()
  expect(following.siteTime.now() - Date.now()).toBeGreaterThan(590_000)
  expect(leaving.siteTime.now() - Date.now()).toBeLessThan(1_000)
})
