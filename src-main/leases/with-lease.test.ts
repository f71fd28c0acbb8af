import { expect, test } from 'vitest'
import { machineClock, type Clock } from '../runtime/clock.ts'
import { createJumpClock } from '../../test-support/jira/jira.ts'
import type { Store } from '../store/store.ts'
import { openTestStore } from '../../test-support/store/store.ts'
import { withLease } from './lease.ts'
import { createSyncLease } from '../sync/sync-lease.ts'

const never = new AbortController().signal

const leaseOf = (owner: string, store: Store, clock: Clock) =>
  createSyncLease('sync', { store, siteId: 's', owner, clock })

test('two holders never work at once: the second waits for the first', async () => {
  const store = await openTestStore()
  const order: string[] = []
  const first = Promise.withResolvers<void>()
  const began = Promise.withResolvers<void>()
  const one = withLease(leaseOf('one', store, machineClock), never, async () => {
    began.resolve()
    await first.promise
    order.push('one ended')
  })
  await began.promise
  const two = withLease(leaseOf('two', store, machineClock), never, async () => void order.push('two began'))
  first.resolve()
  await Promise.all([one, two])
  expect(order).toEqual(['one ended', 'two began'])
})

test('a holder that does not let go for ten seconds makes others busy', async () => {
  const clock = createJumpClock()
  const store = await openTestStore(clock)
  const renew = (): Promise<boolean> => store.takeLease('s', 'sync', 'one', 8_000)
  await renew()
  const meanwhile: Clock = {
    now: () => clock.now(),
    async sleep(ms, signal) {
      await clock.sleep(ms, signal)
      await renew()
    },
  }
  const two = withLease(leaseOf('two', store, meanwhile), never, async () => 'worked')
  await expect(two).rejects.toMatchObject({ code: 'busy', retryable: true })
  expect(clock.waits.reduce((sum, ms) => sum + ms, 0)).toBe(10_000)
})

test('a holder that died is waited out', async () => {
  const clock = createJumpClock()
  const store = await openTestStore(clock)
  await store.takeLease('s', 'sync', 'dead', 8_000)
  const held = withLease(leaseOf('two', store, clock), never, async () => 'worked')
  await expect(held).resolves.toBe('worked')
})

test('it is let go of when the work fails', async () => {
  const store = await openTestStore()
  const work = withLease(leaseOf('one', store, machineClock), never, () =>
    Promise.reject(new Error('failed')),
  )
  await expect(work).rejects.toThrow('failed')
  expect(await store.takeLease('s', 'sync', 'two', 1_000)).toBe(true)
})

test('work that lost its lease to another is ended', async () => {
  const store = await openTestStore()
  const stalled = Promise.withResolvers<void>()
  // A clock whose renewal comes too late: another process took over meanwhile.
  const clock: Clock = {
    now: () => machineClock.now(),
    sleep: async (_ms, signal) => {
      signal.throwIfAborted()
      await stalled.promise
      await store.dropLease('s', 'sync', 'one')
      await store.takeLease('s', 'sync', 'two', 60_000)
    },
  }
  const work = withLease(
    leaseOf('one', store, clock),
    never,
    (signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('ended')))
        stalled.resolve()
      }),
  )
  await expect(work).rejects.toMatchObject({ code: 'busy' })
})
