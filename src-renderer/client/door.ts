import type { Client } from '../../src-shared/contract/client.ts'
import type { Scope } from '../../src-shared/contract/scopes.ts'
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

/** As a window has it. */
export interface WindowDoor extends Door {
  /** What this window may do. The core refuses the rest; the window does not offer it. */
  readonly scope: Store<Scope>
  /** Ends this browser's session; null where there is none to end. */
  readonly signOut: (() => void) | null
}
