import { expect, test, vi } from 'vitest'
import { createEventHub } from '../../src-shared/contract/client.ts'
import type { StoreStatus } from '../../src-shared/contract/store.ts'
import type { SyncStatus } from '../../src-shared/contract/tickets.ts'
import { SITE } from '../../test-support/store/pages.ts'
import { openTestStore } from '../../test-support/store/store.ts'
import { createSiteTime } from '../runtime/clock.ts'
import type { SeenOutage } from '../store/marks.ts'
import { handOverNoter, watchOutages } from './watch-outages.ts'

const FAILURE = { code: 'x', message: '', what: 'Jira does not answer.', consequence: '', hint: '' }

const failure = (sinceMs: number | null) => (sinceMs === null ? null : { ...FAILURE, sinceMs })

function watch() {
  let nowMs = 0
  const hub = createEventHub()
  const noted: SeenOutage[] = []
  const note = vi.fn(async (outage: SeenOutage) => void noted.push(outage))
  const end = watchOutages({ hub, clock: { now: () => nowMs }, log: { info: () => {} }, note })
  return {
    noted,
    end,
    jira: (atMs: number, sinceMs: number | null): void => {
      nowMs = atMs
      hub.publish('sync.changed', { failure: failure(sinceMs) } as SyncStatus)
    },
    store: (atMs: number, status: Partial<StoreStatus>): void => {
      nowMs = atMs
      hub.publish('store.changed', {
        label: 'pg/tpm',
        failure: null,
        insteadOf: null,
        ...status,
      } as StoreStatus)
    },
  }
}

test('an outage of Jira is noted once it is over, from its first failure on, and a short one is not', () => {
  const { noted, jira, end } = watch()
  jira(10_000, 9_000)
  jira(300_000, 250_000)
  expect(noted).toEqual([])
  jira(400_000, null)
  jira(500_000, null)
  const text = 'Jira could not be fetched: Jira does not answer.'
  expect(noted).toMatchObject([{ kind: 'outage', fromMs: 9_000, toMs: 400_000, text }])
  jira(600_000, 600_000)
  jira(610_000, null)
  expect(noted).toHaveLength(1)
  end()
  jira(700_000, 700_000)
  jira(990_000, null)
  expect(noted).toHaveLength(1)
})

test('a store that is away, and what stands in for it, is one fail-over', () => {
  const { noted, store } = watch()
  store(10_000, { failure: failure(5_000) })
  const insteadOf = { label: 'pg/tpm', sinceMs: 20_000, reachable: false }
  store(20_000, { label: 'fallback.sqlite', insteadOf })
  store(60_000, {})
  expect(noted).toMatchObject([{ kind: 'fail-over', fromMs: 5_000, toMs: 60_000, text: 'pg/tpm was away' }])
})

test('that one machine fetches instead of another, and why, is a mark for all who share the store', async () => {
  const store = await openTestStore()
  const clock = { now: () => 60_000, sleep: async () => {} }
  const parts = { store, siteId: SITE, time: createSiteTime(clock), isFallback: false }
  handOverNoter({ ...parts, clock, log: { info: () => {} } })({ host: 'ada', sinceMs: 40_000 })
  const marks = () => store.marks(SITE, { fromMs: 0, toMs: 10 ** 15 }, 10)
  const text = expect.stringMatching(/ fetches instead of ada, which did not reach Jira$/)
  await expect.poll(marks).toMatchObject([{ kind: 'fail-over', fromMs: 40_000, toMs: 60_000, text }])
})
