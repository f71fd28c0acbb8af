import type { Client } from '../../src-shared/contract/client.ts'
import type { Store } from '../store.ts'

/**
 * Whether the core hears us. `lost`: it did, and we are trying again. `signed-out`: it does not know this browser,
 * and only a new link helps.
 */
export type Connection = 'connecting' | 'connected' | 'lost' | 'signed-out'

/** The way from this window to the core. */
export interface Door {
  readonly client: Client
  readonly connection: Store<Connection>
  start(): void
  stop(): void
}
