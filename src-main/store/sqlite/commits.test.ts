import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { machineClock } from '../../runtime/clock.ts'
import type { Store } from '../store.ts'
import { page, SITE, ticket } from '../../../test-support/store/pages.ts'
import { openSqliteStore } from './store.ts'

describe('commits of a file', () => {
  let folder: string
  let store: Store
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'jira-tpm-commits-'))
    store = await openSqliteStore({ file: path.join(folder, 'tpm.sqlite'), clock: machineClock })
  })
  afterEach(async () => {
    await store.close()
    await rm(folder, { recursive: true })
  })

  test('are heard at once; what changes nothing is none', async () => {
    const heard = vi.fn()
    store.onCommit(SITE, ['tickets'], heard)
    await store.applyPage(page([ticket('1')]))
    expect(heard).toHaveBeenCalledTimes(1)
    await store.applyPage(page([ticket('1')]))
    await store.clearMissing(SITE, ['1'])
    expect(heard).toHaveBeenCalledTimes(1)
  })

  test('reach a listener as often as it subscribed', async () => {
    const heard = vi.fn()
    const stops = [store.onCommit(SITE, ['tickets'], heard), store.onCommit(SITE, ['tickets'], heard)]
    await store.applyPage(page([ticket('1')]))
    expect(heard).toHaveBeenCalledTimes(2)
    stops[0]?.()
    await store.applyPage(page([ticket('2')]))
    expect(heard).toHaveBeenCalledTimes(3)
  })

  test('can always be made, as far as the store tells', () => {
    expect(store.health()).toEqual({ state: 'up' })
    store.onHealth(() => {})()
  })
})
