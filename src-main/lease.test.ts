import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { machineClock } from './clock.ts'
import { openSqliteStore } from './store/sqlite/store.ts'
import { createRunLease } from './generator/run-lease.ts'
import { OUTLIVE_MS } from './lease.ts'

const NOW = { waitMs: 0, signal: new AbortController().signal, onLost: () => {} }

async function openStore() {
  const folder = await mkdtemp(path.join(tmpdir(), 'tpm-lease-'))
  const store = await openSqliteStore({ file: path.join(folder, 'tpm.sqlite'), clock: machineClock })
  onTestFinished(async () => {
    await store.close()
    await rm(folder, { recursive: true })
  })
  return store
}

describe('the lease of a site’s runs', () => {
  test('is one process’s at a time', async () => {
    const store = await openStore()
    const one = createRunLease({ store, siteId: 's', owner: 'one', clock: machineClock })
    const other = createRunLease({ store, siteId: 's', owner: 'other', clock: machineClock })
    await one.take(NOW)
    expect(await other.othersHold()).toBe(true)
    await expect(other.take(NOW)).rejects.toMatchObject({ code: 'busy' })
    await one.drop()
    expect(await other.othersHold()).toBe(false)
    await other.take(NOW)
    expect(await one.othersHold()).toBe(true)
    await other.drop()
  })

  test('is not disturbed by its holder’s own questions', async () => {
    const store = await openStore()
    const one = createRunLease({ store, siteId: 's', owner: 'one', clock: machineClock })
    await one.take(NOW)
    expect(await one.othersHold()).toBe(false)
    const other = createRunLease({ store, siteId: 's', owner: 'other', clock: machineClock })
    await expect(other.take(NOW)).rejects.toMatchObject({ code: 'busy' })
    await one.drop()
  })

  test('of a dead process is waited out', async () => {
    const store = await openStore()
    const clock = sleepyClock()
    await store.takeLease('s', 'run', 'dead', clock.now(), 8_000)
    const heir = createRunLease({ store, siteId: 's', owner: 'heir', clock })
    await expect(heir.take(NOW)).rejects.toMatchObject({ code: 'busy' })
    const before = clock.now()
    await heir.take({ ...NOW, waitMs: OUTLIVE_MS })
    expect(clock.now() - before).toBeLessThanOrEqual(OUTLIVE_MS)
    await heir.drop()
  })

  test('is renewed, and its holder hears when another process has taken it over', async () => {
    const store = await openStore()
    const clock = sleepyClock()
    const lost = Promise.withResolvers<unknown>()
    const sleeper = createRunLease({ store, siteId: 's', owner: 'sleeper', clock })
    await sleeper.take({ ...NOW, onLost: lost.resolve })
    await clock.wakeAfter(5_000)
    expect(await store.takeLease('s', 'run', 'other', clock.now() + 7_000, 60_000)).toBe(false)

    // Held up for a minute, as in a laptop that slept.
    expect(await store.takeLease('s', 'run', 'other', clock.now() + 60_000, 60_000)).toBe(true)
    await clock.wakeAfter(60_001)
    expect(await lost.promise).toMatchObject({ code: 'busy' })
    expect(sleeper.lost()).toBe(true)
    await sleeper.drop()
    expect(await store.takeLease('s', 'run', 'third', clock.now(), 60_000)).toBe(false)
  })
})

/** Jumps over waits of less than a second; longer ones end when they are woken. */
function sleepyClock() {
  let nowMs = 1_800_000_000_000
  let wake: (() => void) | undefined
  return {
    now: () => nowMs,
    async sleep(ms: number, signal: AbortSignal): Promise<void> {
      signal.throwIfAborted()
      if (ms < 1_000) nowMs += ms
      else {
        await new Promise<void>((resolve, reject) => {
          wake = resolve
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
        })
      }
    },
    /** Lets a long wait end `ms` later; resolves when the next one has begun or the sleeper has ended. */
    async wakeAfter(ms: number): Promise<void> {
      nowMs += ms
      wake?.()
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}
