import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { answerJson, jiraAt, startRawServer, wireIssue } from '../../test-support/jira/jira.ts'
import type { FaultRule } from '#jira-sandbox'
import { startTestSandbox } from '#jira-sandbox/testing'
import { testFolder } from '../../test-support/end.ts'
import {
  PATIENCE,
  hastyClock,
  makeTicket,
  openTestSync,
  startJira,
  watchedSearch,
  watchedTruth,
} from '../../test-support/sync/sync.ts'
import type { SyncJira } from './sync.ts'
import { startSite } from '../../test-support/sync/site.ts'
import { essences, expectTruth, truthOf } from '../../test-support/sync/truth.ts'

const NEW_TICKET = {
  project: { key: 'TPM' },
  issuetype: { id: '10001' },
  summary: 'Somebody made this',
  priority: { id: '1' },
}
const SEARCH = { path: '/search/jql' }

test('a Jira that dies in the middle of a fetch and comes back: nothing is lost, nothing twice', async () => {
  const file = path.join(testFolder(), 'sandbox.sqlite')
  const { sandbox, jira } = await startJira({ file, historyTickets: 1_500, historyHours: 24 })
  const truth = await watchedTruth(sandbox)
  const port = Number(new URL(sandbox.url).port)
  const dying = watchedSearch(jira, async (n) => {
    if (n === 3) await sandbox.stop()
  })
  const { sync, stored, watermark, statuses } = await openTestSync(dying)
  await expect(sync.now()).rejects.toMatchObject({ code: 'jira-unreachable' })
  const half = await stored()
  expect(half.length).toBeGreaterThan(0)
  expect(half.length).toBeLessThan(truth.length)
  expect(await watermark()).toBeNull()
  expect(statuses.at(-1)).toMatchObject({ state: 'failing', failure: { code: 'jira-unreachable' } })

  const again = await startTestSandbox({ file, port })
  onTestFinished(() => again.stop())
  const { fetched, inserted } = await sync.now()
  expect(inserted).toBe(truth.length - half.length)
  // It goes on where it was: a minute of each piece is read again, and what changed meanwhile.
  expect(fetched).toBeGreaterThanOrEqual(inserted)
  expect(fetched).toBeLessThan(truth.length)
  expect(essences(await stored())).toEqual(truth)
  expect(statuses.at(-1)).toMatchObject({ state: 'idle', failure: null, storedTickets: truth.length })
})

test('a fetch goes on after faults that pass', async () => {
  const { sandbox, jira } = await startJira({ historyTickets: 700 })
  const kinds: FaultRule['kind'][] = ['status-503', 'reset-before', 'reset-after', 'truncated']
  const faulty = watchedSearch(jira, async (n) => {
    if (n === 1) await sandbox.setFaults(kinds.map((kind) => ({ match: SEARCH, kind, times: 1 })))
  })
  const { sync, stored } = await openTestSync(faulty)
  await sync.now()
  expect((await sandbox.request('GET', '/sandbox/faults')).body).toEqual({ rules: [] })
  expect(essences(await stored())).toEqual(await watchedTruth(sandbox))
})

test('a log-in that is lost in the middle moves nothing, and stops the fetching until the person asks', async () => {
  const { sandbox, jira } = await startJira({ historyTickets: 700, anonymous: 'empty' })
  let searches = 0
  const loggedOut = watchedSearch(jira, async (n) => {
    searches = n + 1
    if (n === 1) await sandbox.setFaults([{ match: SEARCH, kind: 'logged-out', times: 1 }])
  })
  const { sync, stored, watermark, statuses } = await openTestSync(loggedOut, { intervalMs: 1 })
  sync.start()
  await expect.poll(() => statuses.at(-1)?.state, PATIENCE).toBe('stopped')
  expect(statuses.at(-1)).toMatchObject({ nextMs: null, failure: { code: 'not-authenticated' } })
  expect(await watermark()).toBeNull()
  // The first, and that of the newest hour.
  expect(searches).toBe(2)

  await sync.now()
  expect(essences(await stored())).toEqual(await watchedTruth(sandbox))
  const searchesByThen = searches
  await expect.poll(() => searches, PATIENCE).toBeGreaterThan(searchesByThen)
})

test('an empty answer never moves the watermark', async () => {
  const { sandbox, jira } = await startJira()
  const { sync, watermark } = await openTestSync(jira)
  expect(await sync.now()).toMatchObject({ pages: 1, fetched: 0, cursorMs: 0 })
  expect(await watermark()).toBeNull()
  await makeTicket(sandbox, '1')
  const { cursorMs } = await sync.now()
  expect(await watermark()).toBe(cursorMs)
})

test('an empty last page is believed only from a Jira that still knows us', async () => {
  let identities = 0
  let searches = 0
  const headers = { 'x-aaccountid': 'a' }
  const server = await startRawServer((response, { path: asked }) => {
    if (asked.endsWith('/myself')) {
      identities++
      if (identities > 1) return answerJson(response, {}, { status: 401 })
      return answerJson(response, { accountId: 'a', displayName: 'Ada', timeZone: 'UTC' })
    }
    if (asked.endsWith('/approximate-count')) return answerJson(response, { count: 1 })
    // The first search, and the first of the newest hour.
    if (++searches > 2) return answerJson(response, { issues: [], isLast: true }, { headers })
    answerJson(response, { issues: [wireIssue(1)], nextPageToken: 'a', isLast: false }, { headers })
  })
  const { sync, stored, watermark } = await openTestSync(jiraAt(server.url))
  await expect(sync.now()).rejects.toMatchObject({ code: 'not-authenticated' })
  expect(await stored()).toHaveLength(1)
  expect(await watermark()).toBeNull()
})

test('a site’s clock that is set back by hours hides nothing', async () => {
  const site = await startSite()
  let aheadMs = 5 * 3_600_000
  const ahead: SyncJira = {
    ...site.jira,
    async search(query, signal) {
      const page = await site.jira.search(query, signal)
      return { ...page, siteMs: page.siteMs + aheadMs }
    },
  }
  const { sync, truth, scope, watermark } = await openTestSync(ahead)
  const { id } = await site.sandbox.add(NEW_TICKET)
  site.advance(3_600_000)
  await sync.now()
  const before = await watermark()
  aheadMs = 0
  await site.sandbox.edit(id, { summary: 'Edited' })
  await site.sandbox.add(NEW_TICKET)
  await sync.now()
  expectTruth(await truth(), await truthOf(site.sandbox, scope))
  expect(await watermark()).toBe(before)
})

test('a search without end moves nothing', async () => {
  const server = await startRawServer((response, { path: asked }, n) =>
    asked.endsWith('/myself')
      ? answerJson(response, { accountId: 'a', displayName: 'Ada', timeZone: 'UTC' })
      : answerJson(response, { issues: [wireIssue(n)], nextPageToken: 'again', isLast: false }),
  )
  const { sync, watermark } = await openTestSync(jiraAt(server.url))
  await expect(sync.now()).rejects.toMatchObject({ code: 'jira-broken' })
  expect(await watermark()).toBeNull()
})

test('failures in a row are tried again ever later, and reported since when', async () => {
  const { sandbox, jira } = await startJira()
  await sandbox.stop()
  const { sync, statuses } = await openTestSync(jira, { intervalMs: 20_000, clock: hastyClock })
  sync.start()
  const failing = (): typeof statuses => statuses.filter(({ state }) => state === 'failing')
  await expect.poll(() => failing().length, PATIENCE).toBeGreaterThan(2)
  await sync.stop()
  const waits = failing().map(({ nextMs, failure }) =>
    Math.round(((nextMs ?? 0) - (failure?.sinceMs ?? 0)) / 10_000),
  )
  expect(waits.slice(0, 3)).toEqual([4, 6, 6])
  expect(new Set(failing().map(({ failure }) => failure?.sinceMs)).size).toBe(1)
})

test('dropped tables stop the fetching until the person asks', async () => {
  const { sandbox, jira } = await startJira({ historyTickets: 20 })
  const { sync, store, stored } = await openTestSync(jira)
  await sync.now()
  await store.dropTables()
  await expect(sync.now()).rejects.toMatchObject({ code: 'tables-missing' })
  const nothing = { lastSuccessMs: null, lastInserted: 0, storedTickets: 0 }
  expect(sync.status()).toMatchObject({ state: 'stopped', failure: { code: 'tables-missing' }, ...nothing })
  await store.createTables()
  await sync.now()
  expect(essences(await stored())).toEqual(await watchedTruth(sandbox))
})

test('a stop ends a fetch that hangs, at once', async () => {
  const { sandbox, jira } = await startJira({ historyTickets: 20 })
  await sandbox.setFaults([{ match: SEARCH, kind: 'stall', times: 1 }])
  const stalled = Promise.withResolvers<void>()
  const { sync, statuses } = await openTestSync(watchedSearch(jira, async () => stalled.resolve()))
  const asked = sync.now()
  await stalled.promise
  await Promise.all([sync.stop(), expect(asked).rejects.toMatchObject({ code: 'cancelled' })])
  expect(statuses.at(-1)).toMatchObject({ state: 'idle', failure: null })
})
