import { expect, test } from 'vitest'
import type { SyncJira } from './sync.ts'
import { openTestSync } from '../../test-support/sync/sync.ts'
import { startSite } from '../../test-support/sync/site.ts'

const HOUR = 3_600_000
const TICKET = {
  project: { key: 'TPM' },
  issuetype: { id: '10001' },
  summary: 'Somebody made this',
  priority: { id: '1' },
}

/** An answer of a site whose clock was set back. */
function earlier<T extends { readonly siteMs: number }>(page: T): T {
  return { ...page, siteMs: page.siteMs - 5 * HOUR }
}

async function startFetched() {
  const site = await startSite()
  await site.sandbox.add(TICKET)
  site.advance(HOUR)
  const opened = await openTestSync(site.jira)
  await opened.sync.now()
  return { ...site, ...opened }
}

test('rounds go on after a site’s clock was set back', async () => {
  const { jira, sync: before, store } = await startFetched()
  await before.census()
  let asked = 0
  const setBack: SyncJira = {
    ...jira,
    search: async (query, signal) => earlier(await jira.search(query, signal)),
    async searchIds(query, signal) {
      asked++
      return earlier(await jira.searchIds(query, signal))
    },
  }
  const { sync } = await openTestSync(setBack, { store })
  for (let n = 0; n < 3; n++) {
    await sync.now()
    await sync.censusIfDue(new AbortController().signal)
  }
  expect(asked).toBe(1)
})

test('a stop waits for the round under way', async () => {
  const { jira, store } = await startFetched()
  const asked = Promise.withResolvers<void>()
  let ended = false
  const slow: SyncJira = {
    ...jira,
    searchIds: (_query, signal) =>
      new Promise((_resolve, reject) => {
        asked.resolve()
        const end = (): void => {
          ended = true
          reject(signal.reason as Error)
        }
        signal.addEventListener('abort', () => setTimeout(end, 20))
      }),
  }
  const { sync } = await openTestSync(slow, { store })
  const failure = sync.census().catch((error: unknown) => error)
  await asked.promise
  await sync.stop()
  expect(ended).toBe(true)
  expect(await failure).toMatchObject({ code: 'cancelled' })
})

test('of two that are asked for at once, one waits for the other', async () => {
  const { jira, store } = await startFetched()
  let under = 0
  let most = 0
  const counting: SyncJira = {
    ...jira,
    async searchIds(query, signal) {
      most = Math.max(most, ++under)
      const page = await jira.searchIds(query, signal)
      under--
      return page
    },
  }
  const { sync } = await openTestSync(counting, { store })
  await Promise.all([sync.census(), sync.census(), sync.census()])
  expect(most).toBe(1)
})
