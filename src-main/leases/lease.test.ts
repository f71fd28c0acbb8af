import { describe, expect, test } from 'vitest'
import { machineClock } from '../runtime/clock.ts'
import { openTestStore } from '../../test-support/store/store.ts'
import { createRunLease } from '../generator/run-lease.ts'
import { OUTLIVE_MS } from './lease.ts'

const NOW = { waitMs: 0, signal: new AbortController().signal, onLost: () => {} }

describe('the lease of a site’s runs', () => {
  test('is tried for without waiting; whoever is refused knows by whom, and for how long', async () => {
    const store = await openTestStore()
    const one = createRunLease({ store, siteId: 's', owner: 'one', clock: machineClock })
    const other = createRunLease({ store, siteId: 's', owner: 'other', clock: machineClock })
    expect(await one.tryTake(() => {})).toBe(true)
    expect(await other.tryTake(() => {})).toBe(false)
    const holder = await other.otherHolder()
    expect(holder?.owner).toBe('one')
    expect(holder?.expiresInMs).toBeGreaterThan(5_000)
    expect(holder?.expiresInMs).toBeLessThanOrEqual(8_000)
    await other.drop()
    expect(await other.tryTake(() => {})).toBe(false)
    await one.drop()
    expect(await other.tryTake(() => {})).toBe(true)
    await other.drop()
  })

  test('is one process’s at a time', async () => {
    const store = await openTestStore()
    const one = createRunLease({ store, siteId: 's', owner: 'one', clock: machineClock })
    const other = createRunLease({ store, siteId: 's', owner: 'other', clock: machineClock })
    await one.take(NOW)
    expect(await other.otherHolder()).toMatchObject({ owner: 'one' })
    await expect(other.take(NOW)).rejects.toMatchObject({ code: 'busy' })
    await one.drop()
    expect(await other.otherHolder()).toBeNull()
    await other.take(NOW)
    expect(await one.otherHolder()).toMatchObject({ owner: 'other' })
    await other.drop()
  })

  test('is not disturbed by its holder’s own questions', async () => {
    const store = await openTestStore()
    const one = createRunLease({ store, siteId: 's', owner: 'one', clock: machineClock })
    await one.take(NOW)
    expect(await one.otherHolder()).toBeNull()
    const other = createRunLease({ store, siteId: 's', owner: 'other', clock: machineClock })
    await expect(other.take(NOW)).rejects.toMatchObject({ code: 'busy' })
    await one.drop()
  })

  test('of a dead process is waited out', async () => {
    const clock = sleepyClock()
    const store = await openTestStore(clock)
    await store.takeLease('s', 'run', 'dead', 8_000)
    const heir = createRunLease({ store, siteId: 's', owner: 'heir', clock })
    await expect(heir.take(NOW)).rejects.toMatchObject({ code: 'busy' })
    const before = clock.now()
    await heir.take({ ...NOW, waitMs: OUTLIVE_MS })
    expect(clock.now() - before).toBeLessThanOrEqual(OUTLIVE_MS)
    await heir.drop()
  })

  test('is waited for no longer, and is no longer another’s, where the clock is set back meanwhile', async () => {
    const clock = sleepyClock()
    const store = await openTestStore(clock)
    // What the store says of it where its clock was set back by a day.
    const held = { ...store, leaseHolder: async () => ({ owner: 'other', expiresInMs: 86_400_000 }) }
    const late = createRunLease({
      store: {
        ...held,
        async takeLease() {
          clock.setBack(1_000)
          return false
        },
      },
      siteId: 's',
      owner: 'late',
      clock,
    })
    expect(await late.otherHolder()).toMatchObject({ owner: 'other', expiresInMs: 8_000 })
    const before = clock.elapsedMs()
    await expect(late.take({ ...NOW, waitMs: OUTLIVE_MS })).rejects.toMatchObject({ code: 'busy' })
    expect(clock.elapsedMs() - before).toBeLessThanOrEqual(OUTLIVE_MS + 200)
  })

  test('is renewed, and its holder hears when another process has taken it over', async () => {
    const clock = sleepyClock()
    const store = await openTestStore(clock)
    const lost = Promise.withResolvers<unknown>()
    const sleeper = createRunLease({ store, siteId: 's', owner: 'sleeper', clock })
    await sleeper.take({ ...NOW, onLost: lost.resolve })
    clock.pass(5_000)
    await clock.wake()
    clock.pass(7_000)
    expect(await store.takeLease('s', 'run', 'other', 60_000)).toBe(false)

    // Held up for a minute, as in a laptop that slept.
    clock.pass(53_000)
    expect(await store.takeLease('s', 'run', 'other', 60_000)).toBe(true)
    void clock.wake()
    expect(await lost.promise).toMatchObject({ code: 'busy' })
    expect(sleeper.lost()).toBe(true)
    await sleeper.drop()
    expect(await store.takeLease('s', 'run', 'third', 60_000)).toBe(false)
  })
})

/** Jumps over waits of less than a second; longer ones end when they are woken. */
function sleepyClock() {
  let nowMs = 1_800_000_000_000
  let backMs = 0
  let sleeper = Promise.withResolvers<void>()
  let asleep = Promise.withResolvers<void>()
  return {
    now: () => nowMs - backMs,
    elapsedMs: () => nowMs,
    setBack: (ms: number) => void (backMs += ms),
    async sleep(ms: number, signal: AbortSignal): Promise<void> {
      signal.throwIfAborted()
      if (ms < 1_000) nowMs += ms
      else {
        const { promise, reject } = sleeper
        signal.addEventListener('abort', () => reject(signal.reason), { once: true })
        asleep.resolve()
        await promise
      }
    },
    /** Time goes by, and no wait ends. */
    pass(ms: number): void {
      nowMs += ms
    },
    /** Ends the long wait; resolves when the next one has begun. */
    async wake(): Promise<void> {
      await asleep.promise
      const { resolve } = sleeper
      sleeper = Promise.withResolvers()
      asleep = Promise.withResolvers()
      resolve()
      await asleep.promise
    },
  }
}
