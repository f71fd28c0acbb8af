import { mkdir, rmdir } from 'node:fs/promises'
import path from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Config } from '../config/config.ts'
import { storeLabel } from '../config/store-config.ts'
import { AWAY, createTestManager, SERVER } from '../../test-support/store-manager/store-manager.ts'

describe('a store that works', () => {
  test('is what the engine is given; nothing may stand in for it', async () => {
    const app = await createTestManager()
    await app.reopen()
    expect(app.inUse()).toMatchObject({ isFallback: false, store: { kind: 'postgres' } })
    const status = {
      kind: 'postgres',
      label: SERVER.host,
      failure: null,
      canFallBack: false,
      insteadOf: null,
    }
    expect(await app.status()).toEqual(status)
    expect(app.told).toEqual([status])
    await expect(app['store.useFallback']({})).rejects.toMatchObject({ code: 'usage' })
    expect(await app['store.usePrimary']({})).toEqual(status)
  })

  test('stays open over exchanges of the engine; where another is set, it is closed', async () => {
    const app = await createTestManager()
    await app.reopen()
    const first = app.inUse()?.store
    await app.reopen()
    expect(app.inUse()?.store).toBe(first)
    app.setConfig({ store: { ...SERVER, host: 'other.example.com' } })
    await app.reopen()
    expect(app.closed).toEqual([SERVER.host])
    expect(await app.status()).toMatchObject({ label: 'other.example.com' })
  })

  test('is opened anew once its password may be another', async () => {
    const app = await createTestManager()
    await app.reopen()
    app.manager.renew()
    expect(app.closed).toEqual([])
    await app.reopen()
    expect(app.closed).toEqual([SERVER.host])
    expect(await app.status()).toMatchObject({ failure: null })
  })

  test('nothing stands in for a file', async () => {
    const app = await createTestManager({ store: { kind: 'sqlite', file: '/x/own.sqlite' } })
    await app.reopen()
    expect(await app.status()).toMatchObject({ kind: 'sqlite', label: 'own.sqlite', canFallBack: false })
    await expect(app['store.useFallback']({})).rejects.toThrow('is a file on this machine already')
  })
})

describe('a store that is out of reach', () => {
  test('is reported with what is wrong and since when, and again when it is back', async () => {
    const app = await createTestManager()
    await app.reopen()
    app.goDown()
    const { code, message, hint } = AWAY
    expect(app.told.at(-1)).toMatchObject({
      failure: { code, message, hint, sinceMs: app.clock.now() },
      canFallBack: true,
    })
    app.goUp()
    expect(app.told.at(-1)).toMatchObject({ failure: null, canFallBack: false })
  })

  test('is reported also where somebody asks while it is just being opened', async () => {
    const app = await createTestManager({ startsDown: true })
    const opening = app.reopen()
    expect(await app.status()).toMatchObject({ kind: 'postgres', failure: { code: AWAY.code } })
    await opening
  })

  test("at the person's word a file stands in, until it is back", async () => {
    const app = await createTestManager({ startsDown: true })
    await app.reopen()
    expect(app.inUse()).toMatchObject({ isFallback: false })
    const { failure } = await app.status()
    expect(failure).not.toBeNull()
    app.clock.jump(60_000)
    const status = await app['store.useFallback']({})
    expect(status).toEqual({
      kind: 'sqlite',
      label: 'tpm.sqlite',
      failure: null,
      canFallBack: false,
      insteadOf: { label: SERVER.host, sinceMs: app.clock.now(), reachable: false, failure },
    })
    expect(app.inUse()).toMatchObject({ isFallback: true, store: { label: 'tpm.sqlite' } })
    expect(await app['store.useFallback']({})).toEqual(status)

    app.goUp()
    await vi.waitFor(() => expect(app.inUse()).toMatchObject({ isFallback: false }))
    expect(app.inUse()?.store.label).toBe(SERVER.host)
    await vi.waitFor(() => expect(app.closed).toEqual(['tpm.sqlite']))
    expect(app.told.at(-1)).toMatchObject({ kind: 'postgres', failure: null, insteadOf: null })
  })

  test('is gone back to only when no run is under way in the file', async () => {
    const app = await createTestManager({ startsDown: true })
    await app.reopen()
    await app['store.useFallback']({})
    await expect(app['store.usePrimary']({})).rejects.toMatchObject({ code: 'store-unavailable' })
    app.setRun('file', { state: 'running' })
    app.goUp()
    expect(app.told.at(-1)).toMatchObject({ insteadOf: { reachable: true } })
    await expect(app['store.usePrimary']({})).rejects.toMatchObject({ code: 'busy' })
    app.clock.jump(1_000)
    expect(app.inUse()).toMatchObject({ isFallback: true })

    app.setRun('file', { state: 'done' })
    await vi.waitFor(() => {
      app.clock.jump(1_000)
      expect(app.inUse()).toMatchObject({ isFallback: false })
    })
  })

  test('is gone back to at once where the person asks for it', async () => {
    const app = await createTestManager({ startsDown: true, staysOpen: false })
    await app.reopen()
    await app['store.useFallback']({})
    app.goUp()
    expect(await app['store.usePrimary']({})).toMatchObject({ kind: 'postgres', insteadOf: null })
    expect(app.inUse()).toMatchObject({ isFallback: false })
    expect(app.closed).toEqual(['tpm.sqlite'])
  })

  test('a run that waited for it goes on when it is back, unless somebody took care of it', async () => {
    const app = await createTestManager({ startsDown: true })
    await app.reopen()
    app.hold('paused by a person')
    for (const runId of ['broken', 'paused', 'paused by a person', 'running', 'stopped', 'broken again']) {
      const state = runId.split(' ')[0] as RunProgress['state']
      app.setRun('set', { runId, state: 'paused', cause: { code: 'store-away', error: 'It is away.' } })
      await app['store.useFallback']({})
      app.setRun('set', { runId, state, cause: { code: 'requested' } })
      app.goUp()
      await vi.waitFor(() => expect(app.inUse()).toMatchObject({ isFallback: false }))
      app.goDown()
    }
    await vi.waitFor(() => expect(app.resumed).toEqual(['broken', 'paused', 'broken again']))
  })

  test('another store that is set ends the standing in', async () => {
    const app = await createTestManager({ startsDown: true })
    await app.reopen()
    await app['store.useFallback']({})
    await app.reopen()
    expect(app.inUse()).toMatchObject({ isFallback: true })
    app.setConfig({ store: { kind: 'sqlite', file: '/x/own.sqlite' } })
    await app.reopen()
    expect(app.inUse()).toMatchObject({ isFallback: false, store: { label: 'own.sqlite' } })
    expect(app.closed).toEqual(['tpm.sqlite', SERVER.host])
    expect(await app.status()).toMatchObject({ label: 'own.sqlite', insteadOf: null })
  })
})

describe('--fallback sqlite', () => {
  test('a file stands in at once where the store is out of reach at the start', async () => {
    const app = await createTestManager({ fallback: 'sqlite', startsDown: true, staysOpen: false })
    await app.reopen()
    expect(app.inUse()).toMatchObject({ isFallback: true })
    expect(await app.status()).toMatchObject({ label: 'tpm.sqlite', insteadOf: { label: SERVER.host } })
  })

  test('and later on where it does not come back within seconds', async () => {
    const app = await createTestManager({ fallback: 'sqlite' })
    await app.reopen()
    app.goDown()
    app.clock.jump(3_000)
    app.goUp()
    app.goDown()
    app.clock.jump(3_000)
    await app.status()
    expect(app.inUse()).toMatchObject({ isFallback: false })
    app.clock.jump(3_000)
    await vi.waitFor(() => expect(app.inUse()).toMatchObject({ isFallback: true }))
    app.goUp()
    await vi.waitFor(() => expect(app.inUse()).toMatchObject({ isFallback: false }))
  })

  test('where it is not given, who makes one call is given no store that is out of reach', async () => {
    const app = await createTestManager({ startsDown: true, mustBeUp: true })
    await expect(app.reopen()).rejects.toMatchObject({ code: AWAY.code, message: AWAY.message })
    app.setConfig({ fallback: 'sqlite' })
    await app.reopen()
    expect(app.inUse()).toMatchObject({ isFallback: true })
  })

  test('also where what is wrong with the store keeps changing meanwhile', async () => {
    const app = await createTestManager({ fallback: 'sqlite' })
    await app.reopen()
    for (let seconds = 0; seconds < 6; seconds++) {
      app.goDown()
      app.clock.jump(1_000)
    }
    await vi.waitFor(() => expect(app.inUse()).toMatchObject({ isFallback: true }))
  })

  test('and is tried again where the file could not be opened', async () => {
    const app = await createTestManager({ fallback: 'sqlite' })
    await app.reopen()
    const inTheWay = path.join(app.dataDir, 'tpm.sqlite')
    await mkdir(inTheWay)
    app.goDown()
    app.clock.jump(5_000)
    await vi.waitFor(() => expect(app.logged).toHaveBeenCalled())
    await rmdir(inTheWay)
    await vi.waitFor(() => {
      app.clock.jump(5_000)
      expect(app.inUse()).toMatchObject({ isFallback: true })
    })
  })

  test('a command of one call keeps the store that it began with', async () => {
    const app = await createTestManager({ fallback: 'sqlite', staysOpen: false })
    await app.reopen()
    app.goDown()
    app.clock.jump(60_000)
    await app.status()
    expect(app.inUse()).toMatchObject({ isFallback: false })
  })

  test('a file that cannot be opened either: that is what is reported', async () => {
    const app = await createTestManager({ startsDown: true })
    await app.reopen()
    await mkdir(path.join(app.dataDir, 'tpm.sqlite'))
    await expect(app['store.useFallback']({})).rejects.toMatchObject({ code: 'folder-not-writable' })
    expect(app.inUse()).toMatchObject({ isFallback: false })
    expect(await app.status()).toMatchObject({ kind: 'postgres', insteadOf: null })
  })
})

describe('a store that cannot be opened as it is set', () => {
  const refusal = new AppError('not-configured', 'The password is wrong.', { hint: 'Give the right one.' })

  test('says why; nothing stands in for it, and it is tried again with the next engine', async () => {
    const app = await createTestManager({ fallback: 'sqlite' })
    app.refuse(refusal)
    await expect(app.reopen()).rejects.toBe(refusal)
    expect(await app.status()).toMatchObject({
      kind: 'postgres',
      label: storeLabel(SERVER),
      failure: { code: 'not-configured', message: refusal.message, sinceMs: app.clock.now() },
      canFallBack: false,
    })
    await expect(app['store.useFallback']({})).rejects.toThrow('cannot be used as it is set')
    app.refuse(null)
    await app.reopen()
    expect(await app.status()).toMatchObject({ failure: null })
  })

  test('one whose opening is not waited for is closed when it is there', async () => {
    const app = await createTestManager()
    const leaving = new AbortController()
    const opening = app.manager.storeFor({ store: SERVER, fallback: null } as Config, leaving.signal)
    leaving.abort(new AppError('cancelled', 'Another one.'))
    await expect(opening).rejects.toMatchObject({ code: 'cancelled' })
    await app.manager.stop()
    await vi.waitFor(() => expect(app.closed).toEqual([SERVER.host]))
  })
})

describe('at the end', () => {
  test('all is closed, and nothing is published of it: no other store is gone over to', async () => {
    const app = await createTestManager({ fallback: 'sqlite', startsDown: true })
    await app.reopen()
    const told = app.told.length
    await app.manager.stop()
    app.goUp()
    expect(app.told).toHaveLength(told)
    expect([...app.open]).toEqual([])
  })

  test.each([0, 1, 2, 4, 8, 16])(
    'nothing stays open that is being opened just then (%i turns later)',
    async (turns) => {
      const app = await createTestManager({ startsDown: true })
      await app.reopen()
      const standingIn = app['store.useFallback']({}).catch((error: unknown) => error)
      for (let turn = 0; turn < turns; turn++) await Promise.resolve()
      await app.manager.stop()
      await standingIn
      expect([...app.open]).toEqual([])
    },
  )
})
