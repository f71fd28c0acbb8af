import { isDeepStrictEqual } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'
import { makeTestData } from '../../test-support/store/store.ts'
import { startJira, TEST_SCOPE } from '../../test-support/sync/sync.ts'
import { startSyncProcess, type SyncWord } from '../../test-support/sync/process.ts'
import { expectNothingLost, storedOf, truthOf } from '../../test-support/sync/truth.ts'

const LONG = process.env['JIRA_TPM_LONG'] !== undefined
const TICKETS = LONG ? 1_000_000 : 30_000
const SCOPE = { ...TEST_SCOPE, priorityIds: ['1', '2', '3', '4', '5'] }
const PAGE_SIZE = 100
const MOST_GROWTH_MB = 160
/** Of the last eight tenths: a heap takes what it may have at first, and of few tickets it does not come so far. */
const MOST_LATE_GROWTH_MB = LONG ? 40 : MOST_GROWTH_MB

type Progress = Extract<SyncWord, { said: 'progress' }>

test(
  `a first fetch of ${TICKETS} tickets, killed half-way, goes on where it was and stays small`,
  { timeout: LONG ? 1_800_000 : 300_000 },
  async () => {
    const { sandbox } = await startJira({ historyTickets: TICKETS, historyHours: 24 * 365 })
    const { url, email, apiToken, siteId } = sandbox
    const data = await makeTestData()
    const site = { url, email, apiToken }
    const job = { kind: 'fetch', store: data.config, site, siteId, priorityIds: SCOPE.priorityIds } as const

    const first = startSyncProcess()
    first.go(job)
    await first.progress(TICKETS / 2)
    expect(await first.kill()).toBe('in')

    const second = startSyncProcess({ nodeArgs: ['--expose-gc'] })
    onTestFinished(async () => void (await second.kill()))
    second.go({ ...job, warmUp: (await makeTestData()).config })
    const { inserted, requests, storedTickets, beganRss, peakRss, tookMs } = await second.heard('ended')
    const grownMb = (peakRss - beganRss) / 2 ** 20
    const tenths = memoryOf(second.words)
    console.log(
      `${inserted} of ${TICKETS} tickets after the kill: ${Math.round(inserted / (tookMs / 1_000))} a second in ${requests} requests, memory grew by ${grownMb.toFixed(0)} MB (at each tenth: ${tenths.join(', ')})`,
    )

    expect(storedTickets).toBe(TICKETS)
    expect(inserted).toBeLessThan(TICKETS / 2)
    // Each of the pieces under way begins at the minute that it had come to, and what changed meanwhile is looked for.
    expect(requests).toBeLessThan((inserted / PAGE_SIZE) * 1.05 + 25)
    expect(grownMb).toBeLessThan(MOST_GROWTH_MB)
    expect(Math.max(...tenths) - (tenths[2] ?? 0)).toBeLessThan(MOST_LATE_GROWTH_MB)
    expectHonest([...first.words, ...second.words])

    const store = await data.open()
    const [stored, truth] = [await storedOf(store, siteId, SCOPE), await truthOf(sandbox, SCOPE)]
    expectNothingLost(stored, truth)
    expect(stored.tickets.length).toBe(truth.tickets.length)
    expect(isDeepStrictEqual(stored.counts, truth.counts)).toBe(true)
  },
)

/** The resident memory in MB at each tenth of the progress. */
function memoryOf(words: readonly SyncWord[]): number[] {
  const told = words.filter((word): word is Progress => word.said === 'progress')
  const tenths = Array.from({ length: 11 }, (_, n) => told[Math.floor(((told.length - 1) * n) / 10)])
  return tenths.map((progress) => Math.round((progress?.rss ?? 0) / 2 ** 20))
}

/** What it told of its progress only grew, over the kill, up to all. */
function expectHonest(words: readonly SyncWord[]): void {
  const told = words.filter((word): word is Progress => word.said === 'progress')
  const done = told.map((progress) => progress.done)
  expect(done.length).toBeGreaterThan(5)
  expect(done).toEqual(done.toSorted((a, b) => a - b))
  expect(done.at(-1)).toBe(TICKETS)
  expect([...new Set(told.map(({ total }) => total))]).toEqual([TICKETS])
}
