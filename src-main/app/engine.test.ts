import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { createEventHub } from '../../src-shared/contract/client.ts'
import { machineClock } from '../runtime/clock.ts'
import { readConfig } from '../config/read-config.ts'
import { openEngine } from './engine.ts'
import { leaseOwner } from '../leases/lease-owner.ts'
import { createSecrets } from '../secrets/secrets.ts'
import { createMemoryKeychain } from '../../test-support/secrets/secrets.ts'
import type { Store } from '../store/store.ts'
import { openTestStore } from '../../test-support/store/store.ts'
import { startTestSite } from '../../test-support/app.ts'

const log = pino({ level: 'silent' })

/** A store that waits with its first answer until it may give it, and counts who listens to it. */
async function openSlowStore(): Promise<{ store: Store; answer: () => void; listeners: () => number }> {
  const store = await openTestStore()
  const waiting = Promise.withResolvers<void>()
  let listeners = 0
  const counted = (unsubscribe: () => void): (() => void) => {
    listeners += 1
    return () => {
      listeners -= 1
      unsubscribe()
    }
  }
  return {
    store: {
      ...store,
      seq: async (siteId) => {
        await waiting.promise
        return store.seq(siteId)
      },
      onCommit: (...heard) => counted(store.onCommit(...heard)),
      onHealth: (heard) => counted(store.onHealth(heard)),
    },
    answer: waiting.resolve,
    listeners: () => listeners,
  }
}

test('one that is stopped while it starts leaves nobody listening to the store, which stays', async () => {
  const site = await startTestSite({ historyTickets: 3 })
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tpm-engine-'))
  onTestFinished(() => rm(dataDir, { recursive: true }))
  const env = { JIRA_URL: site.url, JIRA_USER: site.email, JIRA_API_KEY: site.apiToken }
  const { store, answer, listeners } = await openSlowStore()
  const engine = await openEngine(
    readConfig({ flags: { dataDir }, env, cwd: dataDir }),
    {
      store,
      isFallback: false,
      log,
      clock: machineClock,
      hub: createEventHub(),
      secrets: createSecrets({ dataDir, log, keychain: createMemoryKeychain() }),
      owner: leaseOwner(),
      background: true,
    },
    new AbortController().signal,
  )
  const starting = engine.start()
  await engine.stop()
  answer()
  await starting
  expect(listeners()).toBe(0)
})
