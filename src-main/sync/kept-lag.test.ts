import { expect, test } from 'vitest'
import { minuteOf } from '../../src-shared/domain/minute.ts'
import type { NewTicket } from '../jira/jira.ts'
import { provisionalFrom } from './index-lag.ts'
import { openTestStore } from '../../test-support/store/store.ts'
import { openTestSync } from '../../test-support/sync/sync.ts'
import { startSite } from '../../test-support/sync/site.ts'

const MINUTE = 60_000
const SITE = 'site-of-the-test'
const never = new AbortController().signal
const OWN: NewTicket = {
  projectKey: 'TPM',
  issueTypeId: '10001',
  priorityId: '1',
  title: 'Ours',
  paragraphs: [],
  labels: [],
  properties: [],
}

test('the measured index lag survives a restart: the look-back and the provisional minutes begin with it', async () => {
  const store = await openTestStore()
  const { sandbox, jira, advance } = await startSite({ indexLag: { kind: 'fixed', ms: 12 * MINUTE } })
  const before = await openTestSync(jira, { store })
  const { id } = await jira.create(OWN, never)
  before.sync.noteCreated(id, sandbox.clock.now())
  await before.sync.now()
  advance(12 * MINUTE)
  await before.sync.now()
  await before.sync.stop()

  const asked: string[] = []
  const after = await openTestSync(
    { ...jira, search: (query, signal) => (asked.push(query.jql), jira.search(query, signal)) },
    { store, owner: 'the next process' },
  )
  expect(after.sync.status().indexLagMs).toBeNull()
  await after.sync.recall()
  expect(after.sync.status().indexLagMs).toBe(12 * MINUTE)
  const { siteTime } = after
  expect(provisionalFrom(after.sync.status(), siteTime)).toBe(minuteOf(siteTime.now() - 12 * MINUTE))

  const watermark = (await after.watermark()) ?? 0
  await after.sync.now()
  const since = Number(/updated >= (\d+)/.exec(asked[0] ?? '')?.[1])
  expect(minuteOf(since)).toBe(minuteOf(watermark - 24 * MINUTE))
  expect(after.sync.status().indexLagMs).toBe(12 * MINUTE)
})

test('a fetch reads it by itself, and what no version of ours wrote is measured anew', async () => {
  const store = await openTestStore()
  const { jira } = await startSite()
  const minute = minuteOf(Date.now())
  await store.setSyncReport(SITE, 'index-lag', JSON.stringify([{ minute, longestMs: 30 * MINUTE }]))
  const one = await openTestSync(jira, { store })
  await one.sync.now()
  expect(one.sync.status().indexLagMs).toBe(30 * MINUTE)
  for (const text of ['{', '[{"minute":"x"}]', '"12"']) {
    await store.setSyncReport(SITE, 'index-lag', text)
    const other = await openTestSync(jira, { store })
    await other.sync.now()
    expect(other.sync.status().indexLagMs).toBeNull()
  }
})

test('a quiet fetch writes nothing of it', async () => {
  const store = await openTestStore()
  const { jira } = await startSite()
  const written: string[] = []
  const noting = {
    ...store,
    setSyncReport: async (...[site, scope, text]: Parameters<typeof store.setSyncReport>) => {
      written.push(scope)
      await store.setSyncReport(site, scope, text)
    },
  }
  const { sync } = await openTestSync(jira, { store: noting })
  await sync.now()
  await sync.now()
  expect(written).toEqual([])
})
