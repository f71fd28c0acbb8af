import type { StoreWarning } from '../../store.ts'

/** What a connection logs in with. */
export interface Login {
  readonly user: string
  /** Null: there is none to send. */
  readonly password: string | null
}

/** The logins of a store, which may be others while it is open: Vault leases them for a while. */
export interface StoreCredentials {
  /** For a connection that is made now. Throws an AppError that says why there is none that still works. */
  now(): Login
  /** Why no others can be had now, so that the store ends at `untilMs`; null where all is well. */
  trouble(): StoreWarning | null
  /** The server did not take the login: it may be gone before its time. */
  refused(): void
  /** Called when others follow; returns what unsubscribes. */
  attach(holder: CredentialsHolder): () => void
}

/** Who has connections that were made with some credentials. */
export interface CredentialsHolder {
  /** Whether the server takes this login, before anything depends on it. Throws why it does not; a server that is away throws nothing. */
  tryOut(login: Login): Promise<void>
  /** `now` gives another login: what the former one is at work on is finished. Resolves when its last connection has ended. */
  moveOver(): Promise<void>
  /** `now` throws from here on, or `trouble` is another. */
  changed(): void
}
