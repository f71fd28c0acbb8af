import { onTestFinished, expect, test, vi } from 'vitest'
import { leaseOwner } from '../leases/lease-owner.ts'
import { createLive } from '../live/live.ts'
import { machineClock } from '../runtime/clock.ts'
import type { Store } from '../store/store.ts'
import {
  AT_LEAST_3,
  createTestInstance,
  fetchedUpTo,
  recorded,
  storeTickets,
} from '../../test-support/alerts/alerts.ts'
import { SITE, WATCHED } from '../../test-support/store/pages.ts'
import { storeForEach } from '../../test-support/store/store.ts'
import { evaluateAlerts } from './evaluator.ts'
import { followAlerts } from './follow-alerts.ts'

const opened = storeForEach()
const PATIENCE = { timeout: 15_000, interval: 20 }

/** An instance that stays open, until the test's end or `stop`. */
async function start(store: Store, owner = leaseOwner()) {
  const instance = createTestInstance(store, machineClock, owner)
  const stopping = new AbortController()
  const live = createLive({ ...instance, scope: WATCHED })
  await live.start()
  followAlerts(instance, stopping.signal)
  const ended = evaluateAlerts(instance, stopping.signal)
  const stop = async (): Promise<void> => {
    stopping.abort()
    live.stop()
    await ended
  }
  onTestFinished(stop)
  return { ...instance, stop }
}

const holder = async (store: Store): Promise<string | undefined> =>
  (await store.leaseHolder(SITE, 'alerts'))?.owner

test('without a rule that is on nobody holds the lease; with the first one an instance evaluates, at each commit', async () => {
  const { store } = opened()
  await fetchedUpTo(store, Date.now())
  await start(store)
  await store.addAlertRule(SITE, { ...AT_LEAST_3, on: false })
  await vi.waitFor(async () => expect(await store.alertRules(SITE)).toHaveLength(1))
  expect(await holder(store)).toBeUndefined()
  await store.changeAlertRule(SITE, { ...AT_LEAST_3, revision: 'r-2' }, 'r-1', () => null)
  await vi.waitFor(async () => expect((await store.alertBook(SITE)).states).toHaveLength(1), PATIENCE)
  await storeTickets(store, Math.floor(Date.now() / 60_000), 3)
  await vi.waitFor(async () => expect(await recorded(store)).toHaveLength(1), PATIENCE)
  await store.changeAlertRule(SITE, { ...AT_LEAST_3, on: false, revision: 'r-3' }, 'r-2', () => null)
  await vi.waitFor(async () => expect(await holder(store)).toBeUndefined(), PATIENCE)
})

test('one of two evaluates; when it ends the other does at once, also where it was killed', async () => {
  const { store, again } = opened()
  await fetchedUpTo(store, Date.now())
  await store.addAlertRule(SITE, AT_LEAST_3)
  // A process that is gone had it.
  expect(await store.takeLease(SITE, 'alerts', leaseOwner(2 ** 22 - 1), 60_000)).toBe(true)
  const [first, second] = [await start(store, 'first'), await start(await again(), 'second')]
  await vi.waitFor(async () => expect(['first', 'second']).toContain(await holder(store)), PATIENCE)
  const [holds, waits] = (await holder(store)) === 'first' ? [first, second] : [second, first]
  await holds.stop()
  await vi.waitFor(async () => expect(await holder(store)).toBe(waits.owner), PATIENCE)
  await storeTickets(store, Math.floor(Date.now() / 60_000), 3)
  await vi.waitFor(async () => expect(await recorded(store)).toHaveLength(1), PATIENCE)
})

test('a store that fails now and then is made up for', async () => {
  const { store } = opened()
  await fetchedUpTo(store, Date.now())
  await store.addAlertRule(SITE, AT_LEAST_3)
  let fails = true
  const lame: Store = {
    ...store,
    async recordAlerts(...given) {
      const written = await store.recordAlerts(...given)
      // The answer is lost: it was written all the same.
      if (fails) throw new Error('The connection was lost')
      return written
    },
  }
  await start(lame)
  await vi.waitFor(async () => expect((await store.alertBook(SITE)).states).toHaveLength(1), PATIENCE)
  await storeTickets(store, Math.floor(Date.now() / 60_000), 3)
  await vi.waitFor(async () => expect(await recorded(store)).toHaveLength(1), PATIENCE)
  fails = false
  await storeTickets(store, Math.floor(Date.now() / 60_000), 1)
  await vi.waitFor(
    async () => expect((await store.alertHistory({ siteId: SITE, limit: 1 }))[0]?.peak).toBe(4),
    PATIENCE,
  )
  expect(await recorded(store)).toHaveLength(1)
})
