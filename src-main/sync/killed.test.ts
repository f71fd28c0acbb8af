import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { expect, test } from 'vitest'
import { machineClock } from '../runtime/clock.ts'
import type { StoreConfig } from '../config/config.ts'
import { makeTestData } from '../../test-support/store/store.ts'
import { openTestSync, TEST_SCOPE, type TestSync } from '../../test-support/sync/sync.ts'
import { bundled } from '../../test-support/process/bundled.ts'
import { HISTORY_PROJECTS, live, someHappenings, type Happening } from '../../test-support/sync/history.ts'
import { startSyncProcess, SYNC_SCRIPT, type Moment, type SyncJob } from '../../test-support/sync/process.ts'
import { startSite, type TestSite } from '../../test-support/sync/site.ts'
import { expectTruth, storedOf, truthOf } from '../../test-support/sync/truth.ts'

const LONG = process.env['JIRA_TPM_LONG'] !== undefined
/** A life is a store's first fetch and what follows it, each part killed so often. */
const KILLS = LONG ? { first: 8, changes: 6, census: 6 } : { first: 6, changes: 4, census: 4 }
const LIVES = LONG ? 10 : 1
/** Which moments it strikes; JIRA_TPM_SEED repeats a campaign, as far as a machine does the same twice. */
const SEED = Number(process.env['JIRA_TPM_SEED'] ?? machineClock.now() % 2 ** 31)

/** More of them are watched than the largest piece of a first fetch has, so that several are under way. */
const LARGEST_PIECE = 8_000
const MANY = { historyTickets: 9_500, historyHours: 24 * 10, projects: HISTORY_PROJECTS }
const WATCHED = ['1', '2', '3', '4'].map((id) => ({ id, name: id }))
const SCOPE = { ...TEST_SCOPE, priorityIds: WATCHED.map(({ id }) => id) }
const CHANGES: Happening['kind'][] = ['add', 'prioritise', 'rename', 'wait']
const MINUTE = 60_000
const never = new AbortController().signal

test(
  'fetches and censuses that are killed again and again lose nothing',
  { timeout: LIVES * 300_000 },
  async () => {
    const hits = { before: 0, in: 0, after: 0 }
    const script = bundled(SYNC_SCRIPT)
    for (let life = 0; life < LIVES; life++) await liveOnce(script, SEED + life, hits)
    const all = hits.before + hits.in + hits.after
    console.log(
      `kill -9 with seed ${SEED}: ${all} kills, ${hits.before} before the work began, ${hits.in} in it, ${hits.after} after it`,
    )
    expect(all).toBe(LIVES * (KILLS.first + KILLS.changes + KILLS.census))
    expect(hits.in, 'kills in the work itself').toBeGreaterThan(all / (LONG ? 3 : 5))
  },
)

async function liveOnce(script: string, seed: number, hits: Record<Moment, number>): Promise<void> {
  const site = await startSite(MANY)
  const { sandbox, advance } = site
  const data = await makeTestData()
  const store = await data.open()
  const mine = await openTestSync(site.jira, { store, siteId: sandbox.siteId, watched: WATCHED })
  const happen = (n: number, kinds: Happening['kind'][]): Promise<void> =>
    live({ ...site, sync: mine.sync }, someHappenings(seed + n, kinds, 30))
  const killer = createKiller({ script, site, store: data.config, seed, hits })

  let first = 0
  await killer.kill(
    KILLS.first,
    'fetch',
    async () => void (first += (await mine.watermark()) === null ? 1 : 0),
  )
  expect(first, 'kills before the first fetch was over').toBeGreaterThan(KILLS.first / 3)
  await mine.sync.now()
  await expectAll(mine, site)
  expect(await store.ticketTotal(sandbox.siteId, SCOPE)).toBeGreaterThan(LARGEST_PIECE)

  // Small pages, so that some are stored and others not.
  await sandbox.setFaults([{ match: { path: '/search/jql$' }, kind: 'short-page', times: 1_000_000 }])
  await killer.kill(KILLS.changes, 'fetch', (n) => happen(n, CHANGES))
  await mine.sync.now()
  await expectAll(mine, site)

  await killer.kill(KILLS.census, 'census', async (n) => {
    await happen(n, [...CHANGES, 'remove', 'move'])
    advance(6 * MINUTE)
  })
  await mine.sync.now()
  await mine.sync.census()
  advance(6 * MINUTE)
  await mine.sync.census()
  await expectAll(mine, site)
  await expectUndisturbed(mine, site)
}

/** The store is as the site. */
async function expectAll({ store }: TestSync, { sandbox }: TestSite): Promise<void> {
  expectTruth(await storedOf(store, sandbox.siteId, SCOPE), await truthOf(sandbox, SCOPE))
}

/** The store is as that of somebody who fetches now for the first time and is left alone. */
async function expectUndisturbed({ store }: TestSync, { sandbox, jira }: TestSite): Promise<void> {
  const undisturbed = await openTestSync(jira, { watched: WATCHED })
  await undisturbed.sync.now()
  expectTruth(await storedOf(store, sandbox.siteId, SCOPE), await undisturbed.truth())
}

interface KillerOptions {
  readonly script: string
  readonly site: TestSite
  readonly store: StoreConfig
  readonly seed: number
  readonly hits: Record<Moment, number>
}

function createKiller({ script, site, store, seed, hits }: KillerOptions) {
  const generator = xoroshiro128plus(seed)
  const { url, email, apiToken, siteId } = site.sandbox
  const job = { store, site: { url, email, apiToken }, siteId, priorityIds: SCOPE.priorityIds }
  return {
    /** Kills so many processes at random moments of what they do: one in three from its start on, the others in the work itself. */
    async kill(times: number, kind: SyncJob['kind'], prepare: (n: number) => Promise<void>): Promise<void> {
      // How long it takes is learnt as it goes.
      let spanMs = 250
      for (let n = 0; n < times; n++) {
        await prepare(n)
        const victim = startSyncProcess({ script })
        await victim.heard('ready')
        victim.go({ ...job, kind })
        if (n % 3 > 0) await victim.heard('began')
        await machineClock.sleep(uniformFloat64(generator) * spanMs, never)
        const moment = await victim.kill()
        hits[moment] += 1
        if (moment !== 'in') spanMs *= moment === 'after' ? 0.7 : 1.4
      }
    },
  }
}
