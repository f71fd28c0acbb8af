import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { machineClock } from '../runtime/clock.ts'
import { openStore } from '../store/open-store.ts'
import type { Store } from '../store/store.ts'
import { testDatabase } from '../../test-support/store/database.ts'
import { startFaultProxy } from '../../test-support/fault-proxy.ts'
import { promisedMs } from '../../test-support/promised.ts'
import { openTestSync, watchedSearch, type TestSync } from '../../test-support/sync/sync.ts'
import { startSite } from '../../test-support/sync/site.ts'
import { expectTruth, truthOf } from '../../test-support/sync/truth.ts'

/** What the team is promised: of a takeover, and of the time after an outage. */
const PROMISED_MS = 10_000
const PATIENCE = { timeout: 30_000, interval: 20 }
const TICKET = {
  project: { key: 'TPM' },
  issuetype: { id: '10001' },
  summary: 'Somebody made this',
  priority: { id: '1' },
}

function status({ sync }: TestSync) {
  return expect.poll(() => sync.status(), PATIENCE)
}

async function took(work: () => Promise<void>): Promise<number> {
  const beganMs = performance.now()
  await work()
  return Math.round(performance.now() - beganMs)
}

test(
  'where only the leader is cut off from the server, another one takes over, and it follows when it is back',
  { timeout: 90_000 },
  async () => {
    const site = await startSite()
    const { config } = await testDatabase()
    const proxy = await startFaultProxy({ host: config.host, port: config.port })
    onTestFinished(() => proxy.close())
    const open = async (port: number): Promise<Store> => {
      const parts = { clock: machineClock, log: pino({ level: 'silent' }), password: null }
      const store = await openStore({ ...config, host: '127.0.0.1', port }, parts)
      onTestFinished(() => store.close())
      return store
    }
    const join = async (host: string, port: number) => {
      const store = await open(port)
      let searches = 0
      const jira = watchedSearch(site.jira, () => void searches++)
      const instance = await openTestSync(jira, { store, owner: `${host}/1/x`, host, intervalMs: 500 })
      onTestFinished(store.onHealth(() => store.health().state === 'up' && instance.sync.storeBack()))
      instance.sync.start()
      return { ...instance, searches: () => searches }
    }
    const ada = await join('ada', proxy.port)
    await status(ada).toMatchObject({ by: null, lastSuccessMs: expect.any(Number) })
    const bob = await join('bob', config.port)
    await status(bob).toMatchObject({ by: 'ada' })

    proxy.blackhole()
    await site.sandbox.add(TICKET)
    const takeoverMs = await took(async () => {
      await expect.poll(async () => (await bob.stored()).length, PATIENCE).toBe(1)
    })
    await status(ada).toMatchObject({ by: null, state: 'failing', failure: { code: 'store-unavailable' } })
    const before = ada.searches()
    const goingOn = bob.searches()
    await expect.poll(() => bob.searches(), PATIENCE).toBeGreaterThan(goingOn + 5)
    expect(ada.searches()).toBe(before)

    proxy.heal()
    const backMs = await took(() => status(ada).toMatchObject({ by: 'bob', state: 'idle', failure: null }))
    console.log(
      `taken over ${takeoverMs} ms after the leader was cut off; it followed ${backMs} ms after it was back`,
    )
    expect(takeoverMs).toBeLessThanOrEqual(promisedMs(PROMISED_MS))
    expect(backMs).toBeLessThanOrEqual(promisedMs(PROMISED_MS))
    expect(bob.sync.status()).toMatchObject({ by: null, failure: null })
    expectTruth(await ada.truth(), await truthOf(site.sandbox, ada.scope))
  },
)
