import type { StoreConfig } from '../config/config.ts'
import { keepReceipts } from './receipts/keep-receipts.ts'
import type { OpenStoreParts } from './postgres/store.ts'
import { openSqliteStore } from './sqlite/store.ts'
import type { Store } from './store.ts'

/**
 * Opens the store that is set. A PostgreSQL server that is out of reach is no error: the store is then there, but down
 * (see `Store.health`), and goes up by itself. Throws `not-configured` where the server refuses the way it is asked
 * (password, database, TLS, rights, version), `store-newer`, the signal's reason, and as `openSqliteStore`.
 */
export async function openStore(
  config: StoreConfig,
  parts: OpenStoreParts & { readonly readsOnly?: boolean },
): Promise<Store> {
  const { clock, log, receipts, readsOnly } = parts
  const store = await openEngine(config, parts)
  return receipts === undefined ? store : keepReceipts(store, receipts, { clock, log, readsOnly })
}

async function openEngine(config: StoreConfig, parts: OpenStoreParts): Promise<Store> {
  if (config.kind === 'sqlite') return openSqliteStore({ file: config.file, clock: parts.clock })
  // Loaded late: a file needs nothing of a server.
  const { openPostgresStore } = await import('./postgres/store.ts')
  return openPostgresStore(config, parts)
}
