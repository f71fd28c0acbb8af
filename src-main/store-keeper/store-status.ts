import type { StoreStatus } from '../../src-shared/contract/models.ts'
import { storeLabel } from '../config/store-config.ts'
import type { SetStore } from './set-store.ts'
import type { StandIn } from './stand-in.ts'

/** What a window is told of the store in use; `set` has been asked to open at least once. */
export function storeStatus(set: SetStore, standIn: StandIn | null): StoreStatus {
  const failure = set.failure()
  const config = set.config()
  const label = set.store()?.label ?? (config === null ? '' : storeLabel(config))
  if (standIn !== null) {
    const { store, sinceMs } = standIn
    const insteadOf = { label, sinceMs, reachable: failure === null, ...(failure !== null && { failure }) }
    return { kind: store.kind, label: store.label, failure: null, canFallBack: false, insteadOf }
  }
  const kind = config?.kind ?? 'sqlite'
  // One that cannot be opened at all is mended in the settings: it does not come back by itself.
  const canFallBack = kind === 'postgres' && set.store() !== null && failure !== null
  const warning = set.warning()
  return { kind, label, failure, ...(warning !== null && { warning }), canFallBack, insteadOf: null }
}
