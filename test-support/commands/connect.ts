import { pino } from 'pino'
import { createEventHub, createInProcessClient } from '../../src-shared/contract/client.ts'
import { createDispatch } from '../../src-shared/contract/dispatch.ts'
import type { Handlers } from '../../src-shared/contract/methods.ts'
import { machineClock } from '../../src-main/runtime/clock.ts'
import type { Config } from '../../src-main/config/config.ts'
import { readConfig } from '../../src-main/config/read-config.ts'
import { createAuthGates } from '../../src-main/jira/auth-gate.ts'
import { createSecrets } from '../../src-main/secrets/secrets.ts'
import { createMemoryKeychain, type MemoryKeychain } from '../secrets/secrets.ts'
import { createAccessBook } from '../../src-main/tokens/access-book.ts'
import { createSettings } from '../../src-main/settings/settings.ts'

export type ConnectFixture = ReturnType<typeof createConnectFixture>

const NO_STORE = { store: () => null, failure: () => null, settled: async () => {}, onChange: () => () => {} }

/** The real settings of a workspace over a keychain that the test can look into; no Jira is opened. */
export function createConnectFixture(dataDir: string) {
  const read = (): Config => readConfig({ flags: { dataDir }, env: {}, cwd: dataDir })
  let config = read()
  const keychain = createMemoryKeychain()
  const log = pino({ level: 'silent' })
  const hub = createEventHub()
  const settings = createSettings({
    engine: {
      config: () => config,
      openNow: () => null, // no Jira is opened here
      failure: () => null,
      reopen: async () => {
        config = read()
      },
    },
    renewStore: () => {},
    storeFailure: async () => null,
    accessBook: createAccessBook({ source: NO_STORE, dataDir, log }),
    dataDir,
    secrets: createSecrets({ dataDir, log, keychain }),
    gates: createAuthGates(machineClock),
    log,
    clock: machineClock,
    hub,
  })
  const dispatch = createDispatch(settings.handlers as Handlers, (bug) => {
    throw bug
  })
  return {
    client: createInProcessClient(dispatch, hub),
    config: () => config,
    /** What is in the keychain: account and secret. */
    keychain: keychain.entries,
    /** What is wrong with the keychain from now on. */
    spoilKeychain: (trouble: MemoryKeychain['trouble']) => void (keychain.trouble = trouble),
  }
}
