import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../runtime/clock.ts'
import type { NetworkConfig, VaultConfig } from '../config/config.ts'
import type { Log } from '../runtime/log.ts'
import { orAbort } from '../runtime/or-abort.ts'
import type { StoreCredentials } from '../store/postgres/connection/credentials.ts'
import { SealStatus } from './answers.ts'
import { createVaultClient, type VaultClient } from './client.ts'
import { createDatabaseCredentials, type DatabaseCredentials } from './database-credentials.ts'
import { readJiraAccount, type JiraAccount } from './kv.ts'
import { createVaultTokens, type HeldToken } from './tokens.ts'

/** The Vault that is set: asked for the first time when something of it is needed. */
export interface Vault {
  readonly host: string
  /** See `readJiraAccount`. */
  jiraAccount(signal: AbortSignal): Promise<JiraAccount | null>
  /** The users that it makes in PostgreSQL, kept for as long as this is open. Throws as `DatabaseCredentials.open`. */
  database(signal: AbortSignal): Promise<StoreCredentials>
  /** What it tells anybody of itself. Throws VaultErrors. */
  sealStatus(signal: AbortSignal): Promise<{ readonly sealed: boolean; readonly initialized: boolean }>
  /** The token that is used, got first where there is none. Throws VaultErrors. */
  token(signal: AbortSignal): Promise<HeldToken>
  /** Ends within half a second; what was leased is given back. Safe to call twice. */
  stop(): Promise<void>
}

interface VaultParts {
  readonly network: NetworkConfig
  readonly clock: Clock
  readonly log: Pick<Log, 'info' | 'warn'>
  /** For tests that shorten it. */
  readonly client?: VaultClient
}

const GOODBYE_MS = 500

export function createVault(config: VaultConfig, { network, clock, log, ...given }: VaultParts): Vault {
  const { client = createVaultClient(config, network) } = given
  const tokens = createVaultTokens({ client, auth: config.auth, clock, log })
  let credentials: DatabaseCredentials | null = null
  let stopping: Promise<void> | undefined

  const stop = async (): Promise<void> => {
    const late = AbortSignal.timeout(GOODBYE_MS)
    await credentials?.stop(late)
    await tokens.stop(late)
    await client.close()
  }
  return {
    host: client.host,
    jiraAccount: (signal) => readJiraAccount(client, tokens, config.kv, signal),
    async database(signal) {
      if (config.database === null) throw noRole()
      credentials ??= createDatabaseCredentials({ client, tokens, clock, log, place: config.database })
      await orAbort(credentials.open(), signal) // others may wait for it, too: it goes on
      return credentials
    },
    sealStatus: (signal) =>
      client.ask(
        { method: 'GET', path: 'sys/seal-status', token: null, act: 'tell its state' },
        SealStatus,
        signal,
      ),
    token: (signal) => tokens.use(async (token) => token, signal),
    stop: () => (stopping ??= stop()),
  }
}

function noRole(): AppError {
  return new AppError('not-configured', 'VAULT_DB_ROLE is not set. Nothing was asked of Vault.', {
    hint: 'Set it to the role of Vault’s database engine, or give the database’s password.',
  })
}
