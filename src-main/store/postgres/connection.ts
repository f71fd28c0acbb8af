import type { StoreHealth } from '../store.ts'

/** One PostgreSQL database, reached through a small pool and one connection that listens. */
export interface Connection {
  /** For the person: host and database. */
  readonly label: string
  /** One statement that reads, outside a transaction. Throws AppErrors, see `Store`. */
  query<R>(sql: string, params?: readonly unknown[]): Promise<R[]>
  /** Several reads that all see the same commit (REPEATABLE READ, READ ONLY). */
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
  onCommit(siteId: string, listener: () => void): () => void
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
  /** Tells every instance, once it is committed, that something changed for this site; null: for all sites. */
  notify(siteId: string | null): void
  discard(): void
}

/** A connection that holds the database's lock for `Connection.alone`, without time-outs of its own. */
export interface Session {
  query<R>(sql: string, params?: readonly unknown[]): Promise<R[]>
  /** As `Connection.write`, but run once. */
  write<T>(work: (tx: WriteTransaction) => Promise<T>): Promise<T>
}
