import { describe, expect, test } from 'vitest'
import { loadSample } from '../sample/load-sample.ts'
import type { SearchPage } from '../jira/jira.ts'
import type { SyncJira } from './sync.ts'
import { openTestSync, TEST_SCOPE, type TestSync } from '../../test-support/sync/sync.ts'
import { startSite, type TestSite } from '../../test-support/sync/site.ts'
import { essences, expectTruth, truthOf } from '../../test-support/sync/truth.ts'

const MINUTE = 60_000
const PROJECTS = ['TPM', 'OPS', 'LAB'].map((key) => ({ key, name: key }))

function ticketIn(projectKey: string, priorityId = '1') {
  return {
    project: { key: projectKey },
    issuetype: { id: '10001' },
    summary: 'Somebody made this',
    priority: { id: priorityId },
  }
}

/** A fetched site of some tickets in TPM, which is the only project watched. */
async function startFetched(tickets: number): Promise<TestSite & TestSync & { readonly ids: string[] }> {
  const site = await startSite({ projects: PROJECTS })
  const ids: string[] = []
  for (let n = 0; n < tickets; n++) {
    ids.push((await site.sandbox.add(ticketIn('TPM'))).id)
    site.advance(10_000)
  }
  site.advance(60 * MINUTE)
  const opened = await openTestSync(site.jira, { projectKey: 'TPM' })
  await opened.sync.now()
  return { ...site, ...opened, ids }
}

/** Two censuses, and the time between them that two strikes take. */
async function strikeTwice({ sync, advance }: Pick<TestSite & TestSync, 'sync' | 'advance'>): Promise<void> {
  await sync.census()
  advance(6 * MINUTE)
  await sync.census()
}

describe('a census', () => {
  test('finds what was deleted, at the second strike', async () => {
    const site = await startFetched(8)
    const [deleted = ''] = site.ids
    await site.sandbox.remove(deleted)
    await site.sync.now()
    await site.sync.census()
    expect(await site.stored()).toHaveLength(8)
    await site.sync.census() // too soon for a second strike
    expect(await site.stored()).toHaveLength(8)
    site.advance(6 * MINUTE)
    await site.sync.census()
    expectTruth(await site.truth(), await truthOf(site.sandbox, site.scope))
    expect(await site.left()).toMatchObject([{ id: deleted, reason: 'deleted' }])
  })

  test('is taken by whoever fetches once and ends, where it is due', async () => {
    const site = await startFetched(8)
    const signal = new AbortController().signal
    const [deleted = ''] = site.ids
    await site.sandbox.remove(deleted)
    const fetchOnce = async (): Promise<number> => {
      await site.sync.now()
      return site.sync.censusIfDue(signal)
    }
    expect(await fetchOnce()).toBe(0) // the first strike
    site.advance(6 * MINUTE)
    expect(await fetchOnce()).toBe(0) // not due yet
    expect(await site.stored()).toHaveLength(8)
    site.advance(6 * MINUTE)
    expect(await fetchOnce()).toBe(1)
    expect(await site.left()).toMatchObject([{ id: deleted, reason: 'deleted' }])
  })

  test('tells a ticket that was moved away, with its new key, from one that was deleted', async () => {
    const site = await startFetched(8)
    const [moved = '', deleted = ''] = site.ids
    const { key } = await site.sandbox.move(moved, 'OPS')
    await site.sandbox.remove(deleted)
    await strikeTwice(site)
    expectTruth(await site.truth(), await truthOf(site.sandbox, site.scope))
    const left = await site.left()
    expect(left).toHaveLength(2)
    expect(left).toContainEqual(
      expect.objectContaining({ id: moved, key, projectKey: 'OPS', reason: 'moved' }),
    )
    expect(left).toContainEqual(expect.objectContaining({ id: deleted, reason: 'deleted' }))

    await site.sandbox.move(moved, 'TPM')
    await site.sync.now()
    expect((await site.stored()).map(({ id }) => id)).toContain(moved)
  })

  test('tells tickets of a project that was hidden, and takes them back when it is seen again', async () => {
    const site = await startSite({ projects: PROJECTS })
    for (const key of ['TPM', 'TPM', 'OPS', 'OPS', 'OPS']) await site.sandbox.add(ticketIn(key))
    site.advance(60 * MINUTE)
    const opened = await openTestSync(site.jira)
    await opened.sync.now()
    await site.sandbox.setSettings({ hiddenProjects: ['OPS'] })
    await strikeTwice({ ...site, ...opened })
    expect((await opened.stored()).map(({ projectKey }) => projectKey)).toEqual(['TPM', 'TPM'])
    expect((await opened.left()).map(({ reason }) => reason)).toEqual(['hidden', 'hidden', 'hidden'])

    await site.sandbox.setSettings({ hiddenProjects: [] })
    await opened.sync.census()
    expectTruth(await opened.truth(), await truthOf(site.sandbox, opened.scope))
    expect(await opened.left()).toEqual([])
  })

  test('leaves a ticket alone that only the index lost for a while', async () => {
    const site = await startFetched(8)
    const lost = site.ids.slice(0, 2)
    const forgetful: SyncJira = {
      ...site.jira,
      async searchIds(query, signal) {
        const page = await site.jira.searchIds(query, signal)
        return { ...page, ids: page.ids.filter((id) => !lost.includes(id)) }
      },
    }
    const { sync } = await openTestSync(forgetful, { projectKey: 'TPM', store: site.store })
    await strikeTwice({ sync, advance: site.advance })
    expect(await site.stored()).toHaveLength(8)
    expect(await site.left()).toEqual([])
  })

  test('finds that a priority was lowered where no fetch has seen it', async () => {
    const site = await startFetched(8)
    await site.sandbox.edit(site.ids[0] ?? '', { priority: { id: '4' } })
    await strikeTwice(site)
    expect(await site.left()).toMatchObject([{ id: site.ids[0], reason: 'lowered', priorityId: '4' }])
  })

  test('fetches what the store lacks, however long the index kept it back', async () => {
    const site = await startFetched(8)
    const { id } = await site.sandbox.add(ticketIn('TPM'))
    const late: SyncJira = {
      ...site.jira,
      async search(query, signal) {
        const page = await site.jira.search(query, signal)
        return { ...page, tickets: page.tickets.filter((ticket) => ticket.id !== id) }
      },
    }
    const { sync } = await openTestSync(late, { projectKey: 'TPM', store: site.store })
    for (let n = 0; n < 3; n++) {
      site.advance(30 * MINUTE)
      await site.sandbox.edit(site.ids[1] ?? '', { summary: `Edit ${n}` })
      await sync.now()
    }
    await site.sync.now()
    expect((await site.stored()).map((ticket) => ticket.id)).not.toContain(id)
    await site.sync.census()
    expectTruth(await site.truth(), await truthOf(site.sandbox, site.scope))
  })

  test('is not undone by an index that still shows what was deleted', async () => {
    const site = await startFetched(8)
    const [deleted = ''] = site.ids
    let stale: SearchPage | null = null
    let lookedUp = 0
    const lagging: SyncJira = {
      ...site.jira,
      async search(query, signal) {
        const page = await site.jira.search(query, signal)
        return stale === null ? page : { ...page, tickets: stale.tickets }
      },
      byIds(ids, signal) {
        lookedUp++
        return site.jira.byIds(ids, signal)
      },
    }
    const query = { jql: 'created >= 0', pageToken: null, pageSize: 100, reconcileIds: [], property: null }
    const before = await site.jira.search(query, new AbortController().signal)
    await site.sandbox.remove(deleted)
    await strikeTwice(site)
    stale = before
    const { sync } = await openTestSync(lagging, { projectKey: 'TPM', store: site.store })
    for (let n = 0; n < 3; n++) await sync.now()
    expect(lookedUp).toBe(1)
    expectTruth(await site.truth(), await truthOf(site.sandbox, site.scope))
  })

  test('believes a look-up that lacks what the index goes on showing, too', async () => {
    const site = await startFetched(8)
    const [ghost = '', deleted = ''] = site.ids
    const haunted: SyncJira = {
      ...site.jira,
      async searchIds(query, signal) {
        const page = await site.jira.searchIds(query, signal)
        return { ...page, ids: [ghost, ...page.ids] }
      },
    }
    const { sync } = await openTestSync(haunted, { projectKey: 'TPM', store: site.store })
    for (const id of [ghost, deleted]) await site.sandbox.remove(id)
    await strikeTwice({ sync, advance: site.advance })
    expect(await site.left()).toMatchObject([{ id: deleted, reason: 'deleted' }])
  })

  test('goes through a site part by part', async () => {
    const site = await startSite({ historyTickets: 3_000, historyHours: 48 })
    const asked: string[] = []
    const counting: SyncJira = {
      ...site.jira,
      searchIds(query, signal) {
        asked.push(query.jql)
        return site.jira.searchIds(query, signal)
      },
    }
    const { sync, truth, stored } = await openTestSync(counting, { census: { partSize: 200 } })
    await sync.now()
    const tickets = await stored()
    for (const n of [0, 500, tickets.length - 1]) await site.sandbox.remove(tickets[n]?.id ?? '')
    await strikeTwice({ sync, advance: site.advance })
    expect(asked.length).toBeGreaterThanOrEqual(2 * Math.floor(tickets.length / 200))
    expectTruth(await truth(), await truthOf(site.sandbox, TEST_SCOPE))
  })

  test('does not miss the tickets of the sample, which no Jira has', async () => {
    const site = await startFetched(3)
    const { store } = site
    const priorities = [
      { id: '1', name: 'Highest' },
      { id: '2', name: 'High' },
    ]
    await loadSample({ store, siteId: 'site-of-the-test', priorities, projectKey: 'TPM', atMs: 0 })
    const before = essences(await site.stored())
    expect(before.length).toBeGreaterThan(50)
    await strikeTwice(site)
    expect(essences(await site.stored())).toEqual(before)
  })
})

const IMPORT = {
  siteId: 'site-of-the-test',
  scope: 'import',
  source: 'import',
  seenAtMs: 0,
  removals: [],
  watermarkMs: null,
} as const

describe('a census of a store with imported tickets', () => {
  test('misses none that Jira does not have, whatever their ids', async () => {
    const site = await startFetched(3)
    const forms = (await site.stored()).slice(0, 2)
    const tickets = forms.map((ticket, n) => ({ ...ticket, id: `100000000${n}`, key: `OLD-${n}` }))
    await site.store.applyPage({ ...IMPORT, tickets })
    const before = essences(await site.stored())
    expect(before).toHaveLength(5)
    await strikeTwice(site)
    expect(essences(await site.stored())).toEqual(before)
    expect(await site.left()).toEqual([])
  })

  test('takes Jira’s version of one that Jira has, and misses it when it is gone there', async () => {
    const site = await startFetched(3)
    const fetched = await site.stored()
    const another = await openTestSync(site.jira, { projectKey: 'TPM' })
    const tickets = fetched.map((ticket) => ({ ...ticket, title: 'As exported', updatedMs: 10 ** 14 }))
    await another.store.applyPage({ ...IMPORT, tickets })
    await another.sync.census()
    expect(await another.stored()).toEqual(fetched)
    const [id = ''] = site.ids
    await site.sandbox.remove(id)
    await strikeTwice({ sync: another.sync, advance: site.advance })
    expect(await another.left()).toMatchObject([{ id, reason: 'deleted' }])
  })
})

describe('a census that is lied to changes nothing', () => {
  test('by a page that names nobody', async () => {
    const site = await startFetched(4)
    const loggedOut: SyncJira = {
      ...site.jira,
      searchIds: async (query, signal) => ({
        ...(await site.jira.searchIds(query, signal)),
        ids: [],
        accountId: null,
      }),
    }
    const { sync } = await openTestSync(loggedOut, { projectKey: 'TPM', store: site.store })
    await sync.now()
    await expect(sync.census()).rejects.toMatchObject({ code: 'jira-broken' })
    site.advance(6 * MINUTE)
    await expect(sync.census()).rejects.toMatchObject({ code: 'jira-broken' })
    expect(await site.left()).toEqual([])
  })

  test('by an index that lost most of its tickets', async () => {
    const site = await startFetched(4)
    let lookedUp = 0
    const empty: SyncJira = {
      ...site.jira,
      searchIds: async (query, signal) => ({ ...(await site.jira.searchIds(query, signal)), ids: [] }),
      byIds(ids, signal) {
        lookedUp++
        return site.jira.byIds(ids, signal)
      },
    }
    const { sync } = await openTestSync(empty, { projectKey: 'TPM', store: site.store })
    await strikeTwice({ sync, advance: site.advance })
    expect(lookedUp).toBe(2)
    expect(await site.left()).toEqual([])
  })

  test('by a look-up that shows nothing, not even what is certainly there', async () => {
    const site = await startFetched(4)
    await site.sandbox.remove(site.ids[0] ?? '')
    const blind: SyncJira = { ...site.jira, byIds: async () => [] }
    const { sync } = await openTestSync(blind, { projectKey: 'TPM', store: site.store })
    await sync.census()
    site.advance(6 * MINUTE)
    await expect(sync.census()).rejects.toMatchObject({ code: 'jira-broken' })
    expect(await site.left()).toEqual([])
  })

  test('but where everything is really gone, it is gone', async () => {
    const site = await startFetched(3)
    for (const id of site.ids) await site.sandbox.remove(id)
    await strikeTwice(site)
    expect(await site.stored()).toEqual([])
    expect((await site.left()).map(({ reason }) => reason)).toEqual(['deleted', 'deleted', 'deleted'])
  })
})
