import { expect, test } from 'vitest'
import { openTestApp, startTestSite } from '../../test-support/app.ts'
import { makeTestData } from '../../test-support/store/store.ts'

test('the present is the last hour’s counts, how fresh they are, and the newest tickets without their titles', async () => {
  const data = await makeTestData()
  const site = await startTestSite({ historyTickets: 400, historyHours: 3 })
  const app = await openTestApp(site, { store: data.config, background: false })
  expect(await app.call('overview.get', {})).toMatchObject({
    fetching: { lastSuccessMs: null },
    newest: [],
  })
  await app.call('sync.now', {})
  const overview = await app.call('overview.get', {})
  const { counts, newest, fetching, atMs } = overview
  const asked = await app.call('counts.get', { from: 'now-1h', to: 'now', bucketMinutes: 1 })
  expect({ ...counts, provisionalFromMinute: 0 }).toEqual({ ...asked, provisionalFromMinute: 0 })
  expect(counts.toMinute - counts.fromMinute).toBe(60)
  const { tickets } = await app.call('tickets.list', { from: '-3h', limit: 5 })
  expect(newest).toEqual(tickets.map(({ key, priorityId, createdMs }) => ({ key, priorityId, createdMs })))
  expect(newest).toHaveLength(5)
  const silentMs = atMs - (fetching.lastSuccessMs ?? 0)
  expect(silentMs).toBeGreaterThanOrEqual(0)
  expect(silentMs).toBeLessThan(60_000)
  for (const { title } of tickets) expect(JSON.stringify(overview)).not.toContain(title)
})
