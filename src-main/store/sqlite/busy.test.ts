import Database from 'better-sqlite3'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { machineClock, type Clock } from '../../runtime/clock.ts'
import type { Store } from '../store.ts'
import { page, SITE, ticket } from '../../../test-support/store/pages.ts'
import { openSqliteStore } from './store.ts'

describe('while another process holds the write lock', () => {
  let folder: string
  let file: string
  let other: Database.Database
  let store: Store | undefined
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-busy-'))
    file = path.join(folder, 'tpm.sqlite')
  })
  afterEach(async () => {
    await store?.close()
    other.close()
    await rm(folder, { recursive: true })
  })

  /** A store whose lock another connection has taken; `onWait` hears each time that it waits for `waitMs`. */
  async function lockedStore(onWait: () => void, waitMs = 1): Promise<Store> {
    const clock: Clock = {
      now: () => 0,
      sleep(_ms, signal) {
        onWait()
        return machineClock.sleep(waitMs, signal)
      },
    }
    store = await openSqliteStore({ file, clock })
    other = new Database(file)
    other.exec('BEGIN IMMEDIATE')
    return store
  }

  test('a write waits without stopping the event loop, then succeeds', async () => {
    let waits = 0
    const locked = await lockedStore(() => {
      waits += 1
      if (waits === 3) other.exec('COMMIT')
    })
    expect(await locked.applyPage(page([ticket('1')]))).toMatchObject({ inserted: 1 })
    expect(waits).toBe(3)
  })

  test('reads go on', async () => {
    const locked = await lockedStore(() => {
      throw new Error('A read waited')
    })
    expect(await locked.seq(SITE)).toBe(0)
  })

  test('a write that waits too long says so, stores nothing, and may be tried again', async () => {
    let waits = 0
    const locked = await lockedStore(() => {
      waits += 1
    })
    const refused = { code: 'busy', retryable: true, message: expect.stringContaining(file) as string }
    await expect(locked.applyPage(page([ticket('1')]))).rejects.toMatchObject(refused)
    // Five seconds of 20 ms.
    expect(waits).toBe(250)
    other.exec('COMMIT')
    expect(await locked.applyPage(page([ticket('1')]))).toMatchObject({ seq: 1, inserted: 1 })
  })

  test('closing the store ends the wait', async () => {
    const waiting = Promise.withResolvers<void>()
    const locked = await lockedStore(waiting.resolve, 3_600_000)
    const written = locked.applyPage(page([ticket('1')]))
    await waiting.promise
    await locked.close()
    await expect(written).rejects.toMatchObject({ code: 'store-unavailable' })
  })
})
