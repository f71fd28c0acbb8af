import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { PostgresConfig } from '../config/config.ts'
import type { TestSandbox } from '#jira-sandbox/testing'
import { testConfig } from '../../test-support/store/postgres-config.ts'
import { queryOnce } from '../../test-support/store/postgres-query.ts'
import { startPostgres, type TestPostgres } from '../../test-support/store/postgres.ts'
import { addWatched, openTestApp, startTestSite, watchedKeys, type TestApp } from '../../test-support/app.ts'
import { promisedMs } from '../../test-support/promised.ts'

/** Servers are killed and started again: such a test takes its time. */
const TIMEOUT_MS = 120_000
/** Within so long after its return all is right again. */
const RECOVERY_MS = 30_000
const soon = { timeout: RECOVERY_MS, interval: 50 }

let server: TestPostgres
let store: PostgresConfig
let site: TestSandbox
beforeAll(async () => {
  // What it has acknowledged stays, as on a server in use.
  server = await startPostgres({ durable: true })
})
afterAll(() => server.stop())
let databases = 0
/** A database of its own for each test, on a server that runs, in whatever way the last one left it. */
beforeEach(async () => {
  server.continue()
  if (server.pid() === 0) await server.restart()
  const { host, port } = server
  const database = `test_${++databases}`
  await queryOnce(server.url(), `CREATE DATABASE ${database}`)
  store = testConfig({ host, port, database })
  site = await startTestSite({ historyTickets: 60 })
})

/** All tickets that there are, each once, in the store that is in use. */
async function expectAll(app: TestApp): Promise<void> {
  const wanted = (await watchedKeys(site)).toSorted()
  await vi.waitFor(async () => expect((await app.keys()).toSorted()).toEqual(wanted), soon)
}

async function goesDown(app: TestApp): Promise<void> {
  await vi.waitFor(() => expect(app.stores.at(-1)?.failure).not.toBeNull(), soon)
}

describe('a server that dies under a running app', { timeout: TIMEOUT_MS }, () => {
  test('loses no ticket: what was made meanwhile is there, once, within seconds of its return', async () => {
    const app = await openTestApp(site, { store })
    await app.start()
    await expectAll(app)
    const seqs: number[] = []
    app.hub.on('counts.changed', ({ seq }) => seqs.push(seq))

    await server.kill()
    await goesDown(app)
    const status = await app.call('store.status', {})
    expect(status).toMatchObject({ kind: 'postgres', canFallBack: true, insteadOf: null })
    expect(status.failure?.code).toBe('store-unavailable')
    const beganMs = performance.now()
    await expect(app.keys()).rejects.toMatchObject({ code: 'store-unavailable' })
    expect(performance.now() - beganMs).toBeLessThan(promisedMs(500))
    expect((await app.call('session.get', {})).store.kind).toBe('postgres')
    expect(await app.call('sync.status', {})).toHaveProperty('state')
    await addWatched(site, 20)

    await server.restart()
    await expectAll(app)
    await vi.waitFor(() => expect(seqs.length).toBeGreaterThan(0), soon)
    expect(await app.call('store.status', {})).toMatchObject({ failure: null, canFallBack: false })
    await vi.waitFor(async () => expect((await app.call('sync.status', {})).failure).toBeNull(), soon)
  })

  test('a file stands in at the person’s word, filled from Jira; the server is gone back to by itself', async () => {
    const app = await openTestApp(site, { store })
    await app.start()
    await expectAll(app)
    await server.kill()
    await goesDown(app)

    const fallback = await app.call('store.useFallback', {})
    expect(fallback).toMatchObject({ kind: 'sqlite', label: 'tpm.sqlite', failure: null })
    expect(fallback.insteadOf).toMatchObject({ reachable: false })
    expect((await app.call('session.get', {})).store).toEqual({ kind: 'sqlite', label: 'tpm.sqlite' })
    await addWatched(site, 10)
    await expectAll(app)

    await server.restart()
    await vi.waitFor(() => expect(app.stores.at(-1)).toMatchObject({ kind: 'postgres', failure: null }), soon)
    await addWatched(site, 5)
    await expectAll(app)
    expect((await app.call('session.get', {})).store.kind).toBe('postgres')
  })

  test('with --fallback sqlite the file stands in unasked, once it is clear that the server stays away', async () => {
    const app = await openTestApp(site, { store, fallback: 'sqlite' })
    await app.start()
    await expectAll(app)
    await server.kill()
    await vi.waitFor(() => expect(app.stores.at(-1)).toMatchObject({ label: 'tpm.sqlite' }), {
      ...soon,
      timeout: 15_000,
    })
    await addWatched(site, 10)
    await expectAll(app)
    await server.restart()
    await vi.waitFor(() => expect(app.stores.at(-1)).toMatchObject({ kind: 'postgres', failure: null }), soon)
    await expectAll(app)
  })
})

describe('a server that stands still', { timeout: TIMEOUT_MS }, () => {
  test('is reported as out of reach, and all is right again when it goes on', async () => {
    const app = await openTestApp(site, { store })
    await app.start()
    await expectAll(app)
    server.stall()
    await goesDown(app)
    await expect(app.keys()).rejects.toMatchObject({ code: 'store-unavailable' })
    await addWatched(site, 5)
    server.continue()
    await expectAll(app)
    expect(app.stores.at(-1)).toMatchObject({ failure: null })
  })

  test('keeps no app from its end', async () => {
    const app = await openTestApp(site, { store })
    await app.start()
    await expectAll(app)
    server.stall()
    const beganMs = performance.now()
    await app.stop()
    expect(performance.now() - beganMs).toBeLessThan(promisedMs(2_500))
  })
})

describe('an app that is there before its server', { timeout: TIMEOUT_MS }, () => {
  test('lets go of one that does not answer as soon as it is closed', async () => {
    const open = new Set<Socket>()
    const silent = createServer((socket) => {
      open.add(
        socket
          .on('close', () => open.delete(socket))
          .on('error', () => {})
          .resume(),
      )
    })
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    onTestFinished(() => void silent.close())
    const { port } = silent.address() as AddressInfo
    const app = await openTestApp(site, { store: { ...store, port } })
    await vi.waitFor(() => expect(open.size).toBeGreaterThan(0), soon)
    await app.stop()
    await vi.waitFor(() => expect(open.size).toBe(0), { timeout: promisedMs(500), interval: 20 })
  })

  test('is open, and works as soon as the server comes', async () => {
    await server.kill()
    const app = await openTestApp(site, { store })
    await app.start()
    expect((await app.call('session.get', {})).store.kind).toBe('postgres')
    await expect(app.keys()).rejects.toMatchObject({ code: 'store-unavailable' })
    const told = vi.fn<(reset: boolean) => void>()
    app.hub.on('counts.changed', ({ reset }) => told(reset))
    await server.restart()
    await expectAll(app)
    await vi.waitFor(() => expect(told).toHaveBeenCalled(), soon)
  })

  test('with --fallback sqlite it begins with the file, and goes over to the server when that comes', async () => {
    await server.kill()
    const app = await openTestApp(site, { store, fallback: 'sqlite' })
    await app.start()
    expect((await app.call('session.get', {})).store.kind).toBe('sqlite')
    await expectAll(app)
    await server.restart()
    await vi.waitFor(() => expect(app.stores.at(-1)).toMatchObject({ kind: 'postgres', failure: null }), soon)
    await expectAll(app)
  })
})

async function startRun(app: TestApp, count: number, minutes = 0.1): Promise<void> {
  const confirmedSite = (await app.call('session.get', {})).site.id
  await app.call('runs.start', { count, minutes, confirmedSite })
  await vi.waitFor(() => expect(app.runs.at(-1)?.created).toBeGreaterThan(2), soon)
}

async function expectDone(app: TestApp, count: number): Promise<void> {
  const run = async () => (await app.call('runs.current', {}))?.state
  await vi.waitFor(async () => expect(await run()).toBe('done'), { timeout: 30_000, interval: 200 })
  expect(await app.call('runs.current', {})).toMatchObject({ planned: count, created: count, failed: 0 })
  await app.call('sync.now', {})
  expect(await app.call('audit.run', {})).toMatchObject({
    created: count,
    missing: [],
    extra: [],
    ok: true,
  })
}

describe('a run whose server dies', { timeout: TIMEOUT_MS }, () => {
  test('waits, and goes on by itself when the server is back: each slot makes one ticket', async () => {
    const app = await openTestApp(site, { store })
    await app.start()
    await expectAll(app)
    await startRun(app, 20)
    await server.kill()
    await vi.waitFor(() => expect(app.runs.at(-1)).toMatchObject({ state: 'paused', waits: true }), soon)
    await server.restart()
    await expectDone(app, 20)
    expect(await site.truth()).toHaveLength(80)
  })

  test('goes on also where a file stood in meanwhile', async () => {
    const app = await openTestApp(site, { store })
    await app.start()
    await expectAll(app)
    await startRun(app, 20)
    await server.kill()
    await vi.waitFor(() => expect(app.runs.at(-1)).toMatchObject({ state: 'paused', waits: true }), soon)
    await goesDown(app)
    await app.call('store.useFallback', {})
    await expectAll(app)
    expect(await app.call('runs.current', {})).toBeNull()
    await server.restart()
    await vi.waitFor(() => expect(app.stores.at(-1)).toMatchObject({ kind: 'postgres', failure: null }), soon)
    await expectDone(app, 20)
    expect(await site.truth()).toHaveLength(80)
  })

  test('keeps the file in place until its own run there is over', async () => {
    const app = await openTestApp(site, { store })
    await app.start()
    await server.kill()
    await goesDown(app)
    await app.call('store.useFallback', {})
    await expectAll(app)
    await startRun(app, 20, 0.3)
    await server.restart()
    await vi.waitFor(
      () => expect(app.stores.at(-1)).toMatchObject({ kind: 'sqlite', insteadOf: { reachable: true } }),
      soon,
    )
    await expect(app.call('store.usePrimary', {})).rejects.toMatchObject({ code: 'busy' })
    await app.call('runs.stop', {})
    await vi.waitFor(() => expect(app.stores.at(-1)).toMatchObject({ kind: 'postgres', failure: null }), soon)
    await expectAll(app)
  })
})
