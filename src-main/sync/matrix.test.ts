import type { FaultKind, FaultRule, SandboxIndexLag } from '#jira-sandbox'
import { manualClock } from '#jira-sandbox/testing'
import { uniformInt } from 'pure-rand/distribution/uniformInt'
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus'
import { describe, expect, test } from 'vitest'
import { machineClock } from '../runtime/clock.ts'
import type { SyncJira } from './sync.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import {
  comeToRest,
  HISTORY_PROJECTS,
  live,
  missTwice,
  someHappenings,
  type Happening,
} from '../../test-support/sync/history.ts'
import { pairwise, product, type Axes } from '../../test-support/sync/pairwise.ts'
import { startSite, type TestSite } from '../../test-support/sync/site.ts'
import { openTestSync, type TestSync } from '../../test-support/sync/sync.ts'
import { expectNothingLost, expectTruth, truthOf } from '../../test-support/sync/truth.ts'

const LONG = process.env['JIRA_TPM_LONG'] !== undefined

/** JIRA_TPM_SEED repeats a failure. */
const SEED = Number(process.env['JIRA_TPM_SEED'] ?? (LONG ? machineClock.now() % 2 ** 31 : 1))

const MINUTE = 60_000

const LAGS = {
  none: { kind: 'none' },
  fixed: { kind: 'fixed', ms: 12 * MINUTE },
  'out of order': { kind: 'random', minMs: 0, maxMs: 15 * MINUTE },
} as const satisfies Record<string, SandboxIndexLag>

const AFTERNOON = Date.UTC(2026, 0, 15, 14, 3)

/** The account's zone and the one that Jira prints times in, and when (site epoch ms) the sync begins. */
const ZONES = {
  '−8': { userZone: 'America/Los_Angeles', siteZone: 'Europe/Berlin', atMs: AFTERNOON },
  '0': { userZone: 'UTC', siteZone: 'UTC', atMs: AFTERNOON },
  '+3': { userZone: 'Europe/Moscow', siteZone: 'America/New_York', atMs: AFTERNOON },
  '+5:45': { userZone: 'Asia/Kathmandu', siteZone: 'UTC', atMs: AFTERNOON },
  // The clocks change a few minutes after the sync has begun.
  'spring night': {
    userZone: 'Europe/Berlin',
    siteZone: 'Europe/Berlin',
    atMs: Date.UTC(2026, 2, 29, 0, 55),
  },
  'autumn night': {
    userZone: 'Europe/Berlin',
    siteZone: 'Europe/Berlin',
    atMs: Date.UTC(2026, 9, 25, 0, 55),
  },
} as const

type Fault = Pick<FaultRule, 'kind' | 'cut' | 'retryAfterSeconds'>

/** What a pass is spoiled by, one of each drawn at a time. */
const LIMITS = {
  'with Retry-After': [{ kind: 'status-429', retryAfterSeconds: 1 }],
  'without Retry-After': [{ kind: 'status-429', retryAfterSeconds: null }],
} as const satisfies Record<string, readonly Fault[]>

const BREAKS = {
  resets: [{ kind: 'reset-before' }, { kind: 'reset-after' }],
  stalls: [{ kind: 'stall' }, { kind: 'stall-before' }],
  truncation: [
    { kind: 'truncated', cut: 'json' },
    { kind: 'truncated', cut: 'length' },
    { kind: 'truncated', cut: 'chunked' },
  ],
} as const satisfies Record<string, readonly Fault[]>

/** How a log-in is lost in the middle. */
const LOG_OUTS = {
  cloud: [{ kind: 'logged-out' }],
  'data-center': [{ kind: 'logged-out' }, { kind: 'login-page' }, { kind: 'redirect-login' }],
} as const satisfies Record<string, readonly Fault[]>

/** Everything that a site may do to a sync at once. */
interface Cell {
  readonly deployment: 'cloud' | 'data-center'
  readonly lag: keyof typeof LAGS
  readonly zone: keyof typeof ZONES
  readonly pages: 'short-page' | 'empty-page' | 'repeated-page'
  readonly limit: keyof typeof LIMITS
  readonly breaks: keyof typeof BREAKS
}

const CLOUD_AXES: Axes<Cell> = {
  deployment: ['cloud'],
  zone: Object.keys(ZONES) as Cell['zone'][],
  lag: Object.keys(LAGS) as Cell['lag'][],
  pages: ['short-page', 'empty-page', 'repeated-page'],
  breaks: Object.keys(BREAKS) as Cell['breaks'][],
  limit: Object.keys(LIMITS) as Cell['limit'][],
}

/** A Data Center pages by number, so no page of its comes twice. */
const DATA_CENTER_AXES: Axes<Cell> = {
  ...CLOUD_AXES,
  deployment: ['data-center'],
  zone: ['−8', 'autumn night'],
  pages: ['short-page', 'empty-page'],
}

/** Some of it so old that nothing but the first fetch reads it, some so young that it is read again, in pages. */
const PAST = { historyTickets: 1_000, historyHours: 0.6 }

/** How long a call that stalls is waited for. */
const STALLED_MS = 200

const CHANGES: Happening['kind'][] = ['add', 'prioritise', 'rename', 'remove', 'move']

/** Lives through a cell and fails where the store does not come to have what is true, or where a fault never struck. */
async function runCell(cell: Cell, seed: number): Promise<void> {
  const { atMs, ...zones } = ZONES[cell.zone]
  const site = await startSite({
    ...PAST,
    ...zones,
    deployment: cell.deployment,
    projects: HISTORY_PROJECTS,
    anonymous: 'empty',
    indexLag: LAGS[cell.lag],
    ...(cell.breaks === 'stalls' && { timeoutMs: STALLED_MS }),
    clock: manualClock(atMs),
  })
  const { sandbox, advance } = site
  const watcher = watchWhileLiving(site, seed)
  const opened = await openTestSync(watcher.jira, { projectKey: 'TPM' })
  const struck = new Map<FaultKind, number>()

  for (const { sleeps, minutes, faults } of passesOf(cell, seed)) {
    if (sleeps) await watcher.sleep()
    await sandbox.setFaults(faults)
    await fetchAsItMay(opened)
    for (const [kind, times] of await strikes(sandbox, faults))
      struck.set(kind, (struck.get(kind) ?? 0) + times)
    advance(minutes * MINUTE)
    await watcher.happen(4)
  }
  expectStruck(cell, struck, watcher.oddPages)

  watcher.rest()
  await comeToRest({ ...site, ...opened })
  const truth = await truthOf(sandbox, opened.scope)
  expect(truth.tickets.length).toBeGreaterThan(200)
  expectNothingLost(await opened.truth(), truth)
  await missTwice({ ...site, ...opened })
  expectTruth(await opened.truth(), truth)
  expect(sandbox.bugs).toEqual([])
}

/** A Jira whose tickets change while its pages are read, and what was odd about them. */
function watchWhileLiving(site: TestSite, seed: number) {
  const queue = [...someHappenings(seed, CHANGES, 300)]
  // Nothing of the history fetches, so no sync is needed for it.
  const nobody = { sync: undefined as never }
  const happen = (count: number): Promise<void> => live({ ...site, ...nobody }, queue.splice(0, count))
  const oddPages = new Set<Cell['pages']>()
  let searches = 0
  const jira: SyncJira = {
    ...site.jira,
    async search(query, signal) {
      if (++searches % 4 === 0) await happen(5)
      const page = await site.jira.search(query, signal)
      if (page.nextPageToken === null) return page
      if (page.nextPageToken === query.pageToken) oddPages.add('repeated-page')
      else if (page.tickets.length === 0) oddPages.add('empty-page')
      else if (page.tickets.length < query.pageSize) oddPages.add('short-page')
      return page
    },
  }
  return {
    jira,
    happen,
    oddPages,
    /** Two hours and more pass, and things happen, while nobody fetches. */
    async sleep(): Promise<void> {
      for (let n = 0; n < 6; n++) {
        await happen(6)
        site.advance(20 * MINUTE)
      }
      site.advance(20 * MINUTE)
    },
    /** Nothing happens any more. */
    rest: () => void queue.splice(0),
  }
}

interface Pass {
  /** Whether nobody has fetched for hours before it. */
  readonly sleeps: boolean
  readonly faults: readonly FaultRule[]
  /** How long the site goes on after it. */
  readonly minutes: number
}

/**
 * Fetches until the longest lag is over; where and in which order most faults strike is the seed's. The log-in is lost in
 * the middle of what no other fetch would read again: of the first fetch, and of the one after hours of sleep.
 */
function passesOf({ deployment, pages, limit, breaks }: Cell, seed: number): readonly Pass[] {
  const generator = xoroshiro128plus(seed)
  const drawn = (below: number): number => uniformInt(generator, 0, below - 1)
  const path = deployment === 'cloud' ? '/search/jql$' : '/search$'
  const one = (faults: readonly Fault[], times: number, after: number = drawn(3)): FaultRule => ({
    ...(faults[drawn(faults.length)] ?? { kind: 'status-503' }),
    match: { path },
    times,
    after,
  })
  const pass = (minutes: number, ...faults: readonly FaultRule[]): Pass => ({
    sleeps: false,
    minutes,
    faults: drawn(2) === 0 ? faults : faults.toReversed(),
  })
  const oddPages: readonly Fault[] = [{ kind: pages }]
  const shortPages = one([{ kind: 'short-page' }], 1_000, 0)
  return [
    pass(0, one(LOG_OUTS[deployment], 1, 2)),
    pass(1, one(oddPages, 2), one(BREAKS[breaks], 1)),
    pass(1, one(oddPages, 2, 0), one(LIMITS[limit], 1)),
    pass(3, one(BREAKS[breaks], 1, 0), one(LIMITS[limit], 2, 0)),
    pass(4, one(oddPages, 1, 0), one(BREAKS[breaks], 1, 1)),
    pass(6),
    pass(7),
    { sleeps: true, minutes: 1, faults: [one(LOG_OUTS[deployment], 1, 1), shortPages] },
    pass(1),
  ]
}

/** A fetch may fail, but not by a bug. */
async function fetchAsItMay({ sync }: TestSync): Promise<void> {
  await sync.now().catch((error: unknown) => {
    if (!(error instanceof AppError)) throw error
  })
}

async function strikes(
  sandbox: TestSite['sandbox'],
  faults: readonly FaultRule[],
): Promise<[FaultKind, number][]> {
  const { body } = await sandbox.request('GET', '/sandbox/faults')
  const { rules } = body as { rules: FaultRule[] }
  return faults.map(({ kind, times = 0 }) => [
    kind,
    times - (rules.find((rule) => rule.kind === kind)?.times ?? 0),
  ])
}

function expectStruck(
  { deployment, pages, limit, breaks }: Cell,
  struck: ReadonlyMap<FaultKind, number>,
  oddPages: ReadonlySet<Cell['pages']>,
): void {
  const times = (faults: readonly Fault[]): number =>
    [...new Set(faults.map(({ kind }) => kind))].reduce((sum, kind) => sum + (struck.get(kind) ?? 0), 0)
  expect(times(BREAKS[breaks]), breaks).toBeGreaterThanOrEqual(1)
  expect(times(LIMITS[limit]), limit).toBeGreaterThanOrEqual(2)
  expect(times(LOG_OUTS[deployment]), 'log-out').toBe(2)
  // One may have met a count, which has no pages.
  expect(times([{ kind: pages }]), pages).toBeGreaterThanOrEqual(2)
  if (deployment === 'cloud') expect([...oddPages]).toContain(pages)
}

/** All cells in a long run; else so many that each two values of different axes meet. */
function cellsOf(axes: Axes<Cell>): Cell[] {
  return LONG ? product(axes) : pairwise(axes)
}

/** Whatever a site does, lags, limits, breaks or lies, in every combination: the store comes to have what is true. */
describe.each([
  ['a Cloud', CLOUD_AXES],
  ['a Data Center', DATA_CENTER_AXES],
])('of %s the store comes to have what is true:', (_name, axes) => {
  const cells = cellsOf(axes)

  test.each(cells.map((cell, n) => [Object.values(cell).join(', '), SEED, cell, SEED + n] as const))(
    '%s (seed %d)',
    { timeout: 60_000 },
    async (_cell, _seed, cell, seed) => {
      await expect(runCell(cell, seed)).resolves.toBeUndefined()
    },
  )

  test('every two values meet, and each is in two cells at least', () => {
    const names = Object.keys(axes) as (keyof Cell)[]
    for (const [n, name] of names.entries()) {
      for (const other of names.slice(n + 1)) {
        const met = (of: readonly Cell[]): Set<string> =>
          new Set(of.map((cell) => `${cell[name]}, ${cell[other]}`))
        expect(met(cells)).toEqual(met(product(axes)))
      }
      for (const value of axes[name]) {
        expect(cells.filter((cell) => cell[name] === value).length).toBeGreaterThanOrEqual(2)
      }
    }
  })
})
