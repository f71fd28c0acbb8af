import { expect, test } from 'vitest'
import type { FoundTicket } from '../jira/jira.ts'
import type { Store } from '../store/store.ts'
import { openTestSync, TEST_SCOPE } from '../../test-support/sync/sync.ts'
import { startSite } from '../../test-support/sync/site.ts'
import { expectTruth, truthOf, type Truth } from '../../test-support/sync/truth.ts'
import type { SyncJira } from './sync.ts'

const DAY = 86_400_000
/** Some 36 % of them are watched: more than are fetched in one go. */
const MANY = { historyTickets: 8_000, historyHours: 24 * 30 }

/** From the middle of a past of thirty days. */
function keptFrom(nowMs: number): number {
  return Math.floor((nowMs - 15 * DAY) / DAY) * DAY
}

async function deleteAll(store: Store): Promise<void> {
  while ((await store.deleteOld()).more);
}

/** What a Jira is asked for, and what it answers. */
function watchedJira(jira: SyncJira) {
  const found: Pick<FoundTicket, 'id' | 'createdMs'>[] = []
  const watching: SyncJira = {
    ...jira,
    async search(query, signal) {
      const page = await jira.search(query, signal)
      found.push(...page.tickets)
      return page
    },
    async searchIds(...asked) {
      const page = await jira.searchIds(...asked)
      found.push(...page.ids.map((id) => ({ id, createdMs: Number.NaN })))
      return page
    },
  }
  return { jira: watching, found }
}

function since(fromMs: number, { tickets, counts }: Truth): Truth {
  const kept = tickets.filter(({ createdMs }) => createdMs >= fromMs)
  return { tickets: kept, counts: counts.filter((line) => Number(line.split(' ')[0]) * 60_000 >= fromMs) }
}

test(
  'what is not kept is not fetched again: by changes, a census, or a first fetch of another scope',
  { timeout: 120_000 },
  async () => {
    const { sandbox, jira, advance } = await startSite(MANY)
    const watching = watchedJira(jira)
    const { sync, store, siteId, truth } = await openTestSync(watching.jira)
    await sync.now()
    const all = await truthOf(sandbox, TEST_SCOPE)
    expectTruth(await truth(), all)
    const keptFromMs = keptFrom(sandbox.clock.now())
    await store.keepFrom(keptFromMs)
    await deleteAll(store)
    const kept = since(keptFromMs, all)
    const old = all.tickets.filter(({ createdMs }) => createdMs < keptFromMs)
    expect(Math.min(kept.tickets.length, old.length)).toBeGreaterThan(500)
    expectTruth(await truth(), kept)
    expect((await sync.known())[0]?.fromMs).toBe(keptFromMs)

    // Somebody edits one that is not kept: the search by changes finds it, and it is left alone.
    const [first] = old
    advance(60_000)
    const edited = { fields: { summary: 'Edited' } }
    await sandbox.request('PUT', `/rest/api/3/issue/${first?.id}`, edited)
    advance(60_000)
    watching.found.length = 0
    await sync.now()
    expect(watching.found.map(({ id }) => id)).toContain(first?.id)
    expectTruth(await truth(), kept)

    // A census neither asks for them nor misses them.
    watching.found.length = 0
    await sync.census()
    const asked = new Set(watching.found.map(({ id }) => id))
    expect(old.filter(({ id }) => asked.has(id))).toEqual([])
    expect(kept.tickets.every(({ id }) => asked.has(id))).toBe(true)
    expectTruth(await truth(), kept)

    // Another scope begins anew, and from there.
    const watched = ['1', '2', '3'].map((id) => ({ id, name: id }))
    const wider = watchedJira(jira)
    const other = await openTestSync(wider.jira, { store, watched })
    await other.sync.now()
    expect(wider.found.filter(({ createdMs, id }) => createdMs < keptFromMs && id !== first?.id)).toEqual([])
    expectTruth(await other.truth(), since(keptFromMs, await truthOf(sandbox, other.scope)))
    expect(await other.sync.known()).toMatchObject([{ fromMs: keptFromMs }])
    expect(siteId).toBe(other.siteId)
  },
)

test(
  'a first fetch that is under way goes on with what is kept, and is whole then',
  { timeout: 120_000 },
  async () => {
    const { sandbox, jira } = await startSite(MANY)
    const keptFromMs = keptFrom(sandbox.clock.now())
    let searches = 0
    const opened: { store?: Store } = {}
    const { sync, store, truth } = await openTestSync({
      ...jira,
      async search(query, signal) {
        // The newest are there, and older pieces are under way.
        if (searches++ === 12) await opened.store?.keepFrom(keptFromMs)
        return jira.search(query, signal)
      },
    })
    opened.store = store
    await expect(sync.now()).rejects.toMatchObject({ code: 'busy', retryable: true })
    await sync.now()
    await deleteAll(store)
    expectTruth(await truth(), since(keptFromMs, await truthOf(sandbox, TEST_SCOPE)))
    expect(await sync.known()).toMatchObject([{ fromMs: keptFromMs }])
  },
)
