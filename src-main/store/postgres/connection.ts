import type { CommitKind, StoreHealth } from '../store.ts'

/** One PostgreSQL database, reached by one connection, which listens and reads, and a small pool for whatever else. */
export interface Connection {
  /** For the person: host and database. */
  readonly label: string
  /** One statement that reads what is found at once, outside a transaction. Throws AppErrors, see `Store`. */
  query<R>(sql: string, params?: readonly unknown[]): Promise<R[]>
  /** As `query`, for one that may read thousands of rows from a slow disk. */
  scan<R>(sql: string, params?: readonly unknown[]): Promise<R[]>
  /** Several such reads that all see the same commit (REPEATABLE READ, READ ONLY). */
  read<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /**
   * One transaction, durable when this resolves. What is thrown rolls it back; so does `tx.discard()`, after which the
   * result is returned all the same: nothing was news, and nothing waits for the disk. A deadlock or a serialization
   * failure runs the work again, a few times.
   */
  write<T>(work: (tx: WriteTransaction) => Promise<T>): Promise<T>
  /** Work that one instance at a time does with this database: making tables, dropping them. It may take its time. */
  alone<T>(work: (session: Session) => Promise<T>): Promise<T>
  /** See `Store.onCommit`. */
  onCommit(siteId: string, kinds: readonly CommitKind[], listener: () => void): () => void
  health(): StoreHealth
  onHealth(listener: () => void): () => void
  /** Idempotent. Calls under way fail with `store-unavailable`. */
  close(): Promise<void>
}

export interface Transaction {
  /**
   * Sent at once, without waiting for the statements before it: results come in order. A text without params may hold
   * several statements; only the last one's rows are returned. A statement that fails fails the transaction, even where
   * nobody looks at what this returned.
   */
  query<R>(sql: string, params?: readonly unknown[]): Promise<R[]>
}

export interface WriteTransaction extends Transaction {
  /** Tells every instance, once it is committed, what changed for this site. */
  notify(siteId: string, kind: CommitKind): void
  /** Tells every instance, once it is committed, that everything may be different, at every site. */
  notifyAll(): void
  discard(): void
}

/** A connection that holds the database's lock for `Connection.alone`, without time-outs of its own. */
export interface Session {
  query<R>(sql: string, params?: readonly unknown[]): Promise<R[]>
  /** As `Connection.write`, but run once. */
  write<T>(work: (tx: WriteTransaction) => Promise<T>): Promise<T>
}
