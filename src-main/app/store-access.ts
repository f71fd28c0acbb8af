import type { Config, StoreConfig } from '../config/config.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import { createSecrets, resolvePassword, type Secrets } from '../secrets/secrets.ts'
import { openStore } from '../store/open-store.ts'
import type { Store } from '../store/store.ts'
import { openReceiptBook } from '../workspace/receipt-book.ts'
import { createVault } from '../vault/vault.ts'

interface AccessParts {
  readonly clock: Clock
  readonly log: Log
  /** Where tokens are kept; the system's keychain alone where absent. */
  readonly secrets?: Secrets | undefined
}

/**
 * Where tokens, passwords and leased logins come from; nothing is asked for yet. The environment names the Vault, so it
 * stays the same for as long as the program is open.
 */
export function createStoreAccess(config: Config, { clock, log, secrets: given }: AccessParts) {
  const { dataDir, network, vault: vaultConfig } = config
  const vault = vaultConfig === null ? null : createVault(vaultConfig, { network, clock, log })
  const own = given ?? createSecrets({ dataDir, log })
  const secrets: Secrets = vault === null ? own : { ...own, vault }
  return {
    secrets,
    /** Null: it is not used. */
    vault,
    /** Opens a store, with its password; one that `readsOnly` writes nothing by itself. Throws as `openStore`, and what has the password. */
    async open(store: StoreConfig, signal: AbortSignal, readsOnly = false): Promise<Store> {
      const receipts = openReceiptBook(dataDir, log)
      const parts = { clock, log, password: null, signal, receipts, readsOnly }
      if (store.kind === 'sqlite') return openStore(store, parts)
      if (store.credentials === 'vault' && vault !== null) {
        return openStore(store, { ...parts, credentials: await vault.database(signal) })
      }
      return openStore(store, { ...parts, password: await resolvePassword(store, secrets, signal) })
    },
    /** Gives back what was leased. */
    stop: async (): Promise<void> => vault?.stop(),
  }
}
