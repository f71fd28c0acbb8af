import { changeConfigFile } from './change-config-file.ts'
import type { StoreConfig } from './config.ts'
import { workspaceStore } from './store-config.ts'
import { storeText } from './store-name.ts'

/**
 * Sets where this workspace keeps its tickets from the next start on. All else in config.json stays; a password is no
 * part of it. Throws `not-configured`, `folder-not-writable` or `busy`.
 */
export function saveStoreSettings(dataDir: string, store: StoreConfig): Promise<void> {
  const isDefault = store.kind === 'sqlite' && store.file === workspaceStore(dataDir).file
  return changeConfigFile(dataDir, ({ store: _former, ...rest }) =>
    isDefault ? rest : { ...rest, store: storeText(store) },
  )
}
