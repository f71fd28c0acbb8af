import { AppError } from '../../src-shared/errors/app-error.ts'
import type { NetworkConfig } from '../config/environment.ts'
import type { VaultConfig } from '../config/vault-config.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import { orAbort } from '../runtime/async.ts'
import { rememberSecret } from '../secrets/hide-secrets.ts'
import type { StoreCredentials } from '../store/postgres/connection/credentials.ts'
import { createVaultClient, KvSecret, SealStatus, type VaultClient } from './client.ts'
import type { DatabaseCredentials } from './database-credentials.ts'
import { createVaultTokens, type HeldToken, type VaultTokens } from './tokens.ts'
import { refused, VaultError } from './vault-error.ts'

export type Vault = ReturnType<typeof createVault>

interface VaultParts {
  readonly network: NetworkConfig
  readonly clock: Clock
  readonly log: Pick<Log, 'info' | 'warn'>
  /** For tests that shorten it. */
  readonly client?: VaultClient
}

const GOODBYE_MS = 500

/** The Vault that is set: asked for the first time when something of it is needed. */
export function createVault(config: VaultConfig, { network, clock, log, ...given }: VaultParts) {
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
    /** See `readJiraAccount`. */
    jiraAccount: (signal: AbortSignal): Promise<JiraAccount | null> =>
      readJiraAccount(client, tokens, config.kv, signal),
    /** The users that it makes in PostgreSQL, kept for as long as this is open. Throws as `DatabaseCredentials.open`. */
    async database(signal: AbortSignal): Promise<StoreCredentials> {
      if (config.database === null) throw noRole()
      const { createDatabaseCredentials } = await import('./database-credentials.ts')
      credentials ??= createDatabaseCredentials({ client, tokens, clock, log, place: config.database })
      await orAbort(credentials.open(), signal) // others may wait for it, too: it goes on
      return credentials
    },
    /** What it says of itself without a token. Throws VaultErrors. */
    sealStatus: (signal: AbortSignal): Promise<{ readonly sealed: boolean; readonly initialized: boolean }> =>
      client.ask(
        { method: 'GET', path: 'sys/seal-status', token: null, act: 'tell its state' },
        SealStatus,
        signal,
      ),
    /** The token that is used, got first where there is none. Throws VaultErrors. */
    token: (signal: AbortSignal): Promise<HeldToken> => tokens.use(async (token) => token, signal),
    /** Ends within half a second; what was leased is given back. Safe to call twice. */
    stop: (): Promise<void> => (stopping ??= stop()),
  }
}

function noRole(): AppError {
  return new AppError('not-configured', 'VAULT_DB_ROLE is not set.', {
    consequence: 'Nothing was asked of Vault.',
    hint: 'Set it to the role of Vault’s database engine, or give the database’s password.',
  })
}

/** A Jira's account, as a secret of Vault's has it. */
export interface JiraAccount {
  readonly token: string
  /** Null: the secret has none, and the configuration's is used. */
  readonly user: string | null
}

/**
 * The newest version of the secret that holds the Jira's token, in its fields `api_token` and, where it is there, `user`;
 * null where there is no such secret, or that version was deleted. Throws VaultErrors.
 */
export async function readJiraAccount(
  client: VaultClient,
  tokens: VaultTokens,
  { mount, path }: VaultConfig['kv'],
  signal: AbortSignal,
): Promise<JiraAccount | null> {
  const whole = `${mount}/data/${path}`
  const act = `read ${whole}`
  const read = tokens.use(
    ({ value }) => client.ask({ method: 'GET', path: whole, token: value, act }, KvSecret, signal),
    signal,
  )
  const secret = await read.catch((error: unknown) => {
    if (error instanceof VaultError && error.trouble === 'missing') return null
    throw error
  })
  if (secret === null) return null
  const { api_token: token, user } = secret.data.data
  if (typeof token !== 'string' || token === '') {
    throw refused(client.host, act, 'the secret has no field api_token with a text in it')
  }
  rememberSecret(token, typeof user === 'string' ? user : null)
  return { token, user: typeof user === 'string' && user !== '' ? user : null }
}
