import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { FaultRule } from '#jira-sandbox'
import type { KnownSpans } from '../../src-shared/domain/known-spans.ts'
import { loadSample } from '../sample/load-sample.ts'
import type { Store } from '../store/store.ts'
import { ENGINE, openTestStore } from '../../test-support/store/store.ts'
import { startSite, type TestSite } from '../../test-support/sync/site.ts'
import { openTestSync, TEST_SCOPE, type TestSync } from '../../test-support/sync/sync.ts'
import { truthOf } from '../../test-support/sync/truth.ts'
import { syncScope } from './scope.ts'
import type { SyncJira } from './sync.ts'

const LONG = process.env['JIRA_TPM_LONG'] !== undefined
const RUNS = LONG ? 150 : ENGINE === 'sqlite' ? 8 : 3
const MINUTE = 60_000
const SITE = 'site-of-the-test'
const NEW_TICKET = {
  project: { key: 'TPM' },
  issuetype: { id: '10001' },
  summary: 'New',
  priority: { id: '1' },
}

const knownOf = ({ store, scope }: Pick<TestSync, 'store' | 'scope'>): Promise<KnownSpans> =>
  store.knownSpans(SITE, syncScope(scope))

type Happening =
  | { readonly kind: 'add' | 'fetch' | 'restart' | 'import' }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'fault'; readonly fault: FaultRule['kind']; readonly times: number }

const faults: readonly FaultRule['kind'][] = [
  'status-503',
  'reset-before',
  'truncated',
  'login-page',
  'logged-out',
]

const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant({ kind: 'add' as const }) },
    { weight: 8, arbitrary: fc.constant({ kind: 'fetch' as const }) },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(90 * MINUTE) }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'restart' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'import' as const }) },
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('fault' as const),
        fault: fc.constantFrom(...faults),
        times: fc.integer({ min: 1, max: 12 }),
      }),
    },
  ),
  { minLength: 10, maxLength: 50, size: 'max' },
)

/** A site, its store, and the sync that lives now. */
interface World {
  readonly site: TestSite
  readonly store: Store
  opened: TestSync
  imported: number
}

/** Lets it happen. Whether it was a fetch that came to its end. */
async function happen(world: World, event: Happening): Promise<boolean> {
  const { site, store, opened } = world
  switch (event.kind) {
    case 'add':
      await site.sandbox.add(NEW_TICKET)
      return false
    case 'wait':
      site.advance(event.ms)
      return false
    case 'restart':
      await opened.sync.stop()
      world.opened = await openTestSync(site.jira, { store })
      return false
    case 'import': {
      const [like] = (await opened.stored()).slice(-1)
      if (like === undefined) return false
      world.imported += 1
      const ticket = { ...like, id: `imported-${world.imported}`, createdMs: site.sandbox.clock.now() }
      const page = { siteId: SITE, scope: '', seenAtMs: 1, removals: [], watermarkMs: null }
      await store.applyPage({ ...page, tickets: [ticket], source: 'import' })
      return false
    }
    case 'fault':
      await site.sandbox.setFaults([{ match: { path: '/search' }, kind: event.fault, times: event.times }])
      return false
    default:
      return opened.sync.now().then(
        () => true,
        () => false,
      )
  }
}

/** What there is of a known time and is not stored. */
async function missing({ site, opened }: World): Promise<readonly string[]> {
  const known = await knownOf(opened)
  const { tickets } = await truthOf(site.sandbox, TEST_SCOPE)
  const stored = new Set((await opened.stored()).map(({ id }) => id))
  const isKnown = (ms: number): boolean => known.some(({ fromMs, toMs }) => fromMs <= ms && ms < toMs)
  return tickets.filter(({ id, createdMs }) => isKnown(createdMs) && !stored.has(id)).map(({ id }) => id)
}

test(
  'after any history of outages, ends and imports only what was fetched is known, and all of it is stored',
  { timeout: LONG ? 600_000 : 60_000 },
  async () => {
    const holds = fc.asyncProperty(happenings, async (history) => {
      const site = await startSite({ anonymous: 'empty', historyTickets: 0 })
      const store = await openTestStore()
      const world: World = { site, store, opened: await openTestSync(site.jira, { store }), imported: 0 }
      let knownMs = 0
      for (const event of history) {
        const beganMs = site.sandbox.clock.now()
        const isWhole = await happen(world, event)
        const known = await knownOf(world.opened)
        const toMs = known[0]?.toMs ?? 0
        expect(known.length).toBeLessThanOrEqual(1)
        // A Date header has whole seconds.
        expect(isWhole ? toMs > beganMs - 1_000 && toMs <= site.sandbox.clock.now() : toMs === knownMs).toBe(
          true,
        )
        expect(await missing(world)).toEqual([])
        knownMs = toMs
        site.advance(1)
      }
      await site.sandbox.setFaults([])
      expect(await happen(world, { kind: 'fetch' })).toBe(true)
      expect(await missing(world)).toEqual([])
      await world.opened.sync.stop()
      await store.close()
      await site.sandbox.stop()
    })
    await expect(
      fc.assert(holds, { numRuns: RUNS, interruptAfterTimeLimit: LONG ? 1_800_000 : 30_000 }),
    ).resolves.toBeUndefined()
  },
)

test('an empty answer that does not say for whom it is makes nothing known unless Jira knew us after it', async () => {
  const site = await startSite({ historyTickets: 0 })
  let isLoggedOut = false
  const nameless: SyncJira = {
    ...site.jira,
    async identity(signal) {
      if (isLoggedOut) throw new Error('401')
      return site.jira.identity(signal)
    },
    async search(query, signal) {
      const page = await site.jira.search(query, signal)
      return { ...page, accountId: null }
    },
  }
  const opened = await openTestSync(nameless)
  await opened.sync.now()
  const first = await knownOf(opened)
  expect(first).toHaveLength(1)

  isLoggedOut = true
  site.advance(30 * MINUTE)
  await expect(opened.sync.now()).rejects.toThrow('401')
  expect(await knownOf(opened)).toEqual(first)
  isLoggedOut = false
  await opened.sync.now()
  expect((await knownOf(opened))[0]?.toMs).toBeGreaterThanOrEqual((first[0]?.toMs ?? 0) + 30 * MINUTE)
})

test('samples make nothing known; what a census strikes and what leaves the scope change no span', async () => {
  const projects = ['TPM', 'OPS'].map((key) => ({ key, name: key }))
  const site = await startSite({ historyTickets: 20, projects })
  const opened = await openTestSync(site.jira, { projectKey: 'TPM' })
  const { store, sync, left } = opened
  const sample = { store, siteId: SITE, priorities: [], projectKey: null, atMs: site.sandbox.clock.now() }
  expect((await loadSample(sample)).loaded).toBe(100)
  expect(await knownOf(opened)).toEqual([])
  expect(await store.knownSpans(SITE, 'sample')).toEqual([])

  await sync.now()
  // Nor does a sample take anything from what is known, which is as before of the time that it is of.
  const known = await knownOf(opened)
  expect(known).toHaveLength(1)
  await loadSample(sample)
  expect(await knownOf(opened)).toEqual(known)

  const [moved, deleted, lowered] = await site.sandbox.truth()
  await site.sandbox.move(moved?.id ?? '', 'OPS')
  await site.sandbox.remove(deleted?.id ?? '')
  await sync.census()
  site.advance(6 * MINUTE)
  await sync.census()
  expect((await left()).map(({ reason }) => reason).toSorted()).toEqual(['deleted', 'moved'])
  expect(await knownOf(opened)).toEqual(known)
  await site.sandbox.edit(lowered?.id ?? '', { priority: { id: '5' } })
  await sync.now()
  const [after, ...more] = await knownOf(opened)
  expect({ fromMs: after?.fromMs, more }).toEqual({ fromMs: known[0]?.fromMs, more: [] })
})

test('another scope knows nothing of what this one fetched', async () => {
  const site = await startSite({ historyTickets: 20 })
  const store = await openTestStore()
  const one = await openTestSync(site.jira, { store })
  await one.sync.now()
  const other = await openTestSync(site.jira, { store, projectKey: 'TPM' })
  expect(await knownOf(one)).toHaveLength(1)
  expect(await knownOf(other)).toEqual([])
})
