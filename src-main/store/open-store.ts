import type { Clock } from '../runtime/clock.ts'
import type { StoreConfig } from '../config/config.ts'
import type { Log } from '../runtime/log.ts'
import type { StoreCredentials } from './postgres/connection/credentials.ts'
import { openPostgresStore } from './postgres/store.ts'
import { openSqliteStore } from './sqlite/store.ts'
import type { Store } from './store.ts'

export interface OpenStoreParts {
  readonly clock: Clock
  readonly log: Pick<Log, 'info' | 'warn'>
  /** The password of a PostgreSQL server; null: none is sent. */
  readonly password: string | null
  /** User and password of a PostgreSQL server, where they may be others while it is open: instead of the configuration's. */
  readonly credentials?: StoreCredentials | undefined
  /** Ends the wait for a server that does not answer, before it is open. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Opens the store that is set. A PostgreSQL server that is out of reach is no error: the store is then there, but down
 * (see `Store.health`), and goes up by itself. Throws `not-configured` where the server refuses the way it is asked
 * (password, database, TLS, rights, version), `store-newer`, the signal's reason, and as `openSqliteStore`.
 */
export async function openStore(config: StoreConfig, parts: OpenStoreParts): Promise<Store> {
  return config.kind === 'sqlite'
    ? openSqliteStore({ file: config.file, clock: parts.clock })
    : openPostgresStore(config, parts)
}
