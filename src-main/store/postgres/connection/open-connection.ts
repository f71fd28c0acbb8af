import assert from 'node:assert/strict'
import { fromWireError } from '../../../../src-shared/errors/app-error.ts'
import type { PostgresConfig } from '../../../config/config.ts'
import { orAbort } from '../../../runtime/async.ts'
import type { Clock } from '../../../runtime/clock.ts'
import type { ClientWork } from './client.ts'
import {
  alone,
  reading,
  readTransaction,
  retryConflicts,
  writeTransaction,
  type ExclusiveSession,
  type Transaction,
  type WriteTransaction,
} from './connection.ts'
import { closedStore, toStoreError } from './errors.ts'
import { RETIRED, type ServerLink } from './link.ts'
import { Monitor, type ConnectionParts } from './monitor.ts'

/**
 * Connects to a server, for as long as the store is open. Where it cannot be reached, or takes no writes now, the
 * connection is there but down, and goes up by itself. Throws `not-configured` where the server does not let us in as we
 * come (password, database, TLS, rights) or is none that we can use (version, encoding), what `isPrepared` and `prepare`
 * throw, and the signal's reason.
 */
export async function openConnection(config: PostgresConfig, parts: ConnectionParts): Promise<PostgresDb> {
  const monitor = new Monitor(config, parts)
  const { opened } = monitor
  try {
    await (parts.signal === undefined ? opened : orAbort(opened, parts.signal))
  } catch (error) {
    await monitor.stop()
    throw toStoreError(error, monitor.names())
  }
  return databaseOf(monitor, parts.clock)
}

/** One PostgreSQL database, reached by one connection, which listens and reads, and a small pool for whatever else. */
export type PostgresDb = ReturnType<typeof databaseOf>

function databaseOf(monitor: Monitor, clock: Clock) {
  let closing: Promise<void> | null = null
  let writes = 0
  const ended = (): void => void (writes += 1)
  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    const state = monitor.health.now()
    if (closing !== null) throw closedStore(monitor.names())
    if (state.state === 'down') throw fromWireError(state.failure)
    try {
      return await work()
    } catch (error) {
      monitor.suspect(error)
      throw toStoreError(error, monitor.names())
    }
  }
  /** Who waits for a client of a link that another one takes the place of gets one of that. */
  const onLink = async <T>(work: (link: ServerLink) => Promise<T>): Promise<T> => {
    for (;;) {
      const link = monitor.link
      assert(link !== null, 'It was up')
      try {
        return await work(link)
      } catch (error) {
        if (error !== RETIRED) throw error
      }
    }
  }
  const byPool = <T>(work: ClientWork<T>, lend: 'lend' | 'lendDirect' = 'lend'): Promise<T> =>
    call(() => retryConflicts(() => onLink((link) => link[lend](work)), clock))
  const byListener = <T>(work: ClientWork<T>): Promise<T> =>
    call(() => retryConflicts(() => onLink((link) => link.read(work)), clock))
  return {
    /** One statement that reads what is found at once, outside a transaction. Throws AppErrors, see `Store`. */
    query: <R>(sql: string, params?: readonly unknown[]): Promise<R[]> =>
      byListener((send) => reading(send).query(sql, params)),
    /** As `query`, for one that may read thousands of rows from a slow disk. */
    scan: <R>(sql: string, params?: readonly unknown[]): Promise<R[]> =>
      byPool((send) => reading(send).query(sql, params)),
    /** Several such reads that all see the same commit (REPEATABLE READ, READ ONLY). */
    read: <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
      byListener((send) => readTransaction(send, work)),
    /**
     * One transaction, durable when this resolves. What is thrown rolls it back; so does `tx.discard()`, after which the
     * result is returned all the same: nothing was news, and nothing waits for the disk. A deadlock or a serialization
     * failure runs the work again, a few times. With `lendDirect` past a pooler.
     */
    write: <T>(work: (tx: WriteTransaction) => Promise<T>, lend?: 'lendDirect'): Promise<T> =>
      byPool((send) => writeTransaction(send, work, monitor.notices), lend).finally(ended),
    /** Work that one instance at a time does with this database: making tables, dropping them. It may take its time. */
    alone: <T>(work: (session: ExclusiveSession) => Promise<T>): Promise<T> =>
      call(() => onLink((link) => link.lendDirect(alone(work)))).finally(ended),
    onCommit: monitor.commits.onCommit,
    /** See `Store.version`. */
    version: (): string => String(writes),
    health: monitor.health.now,
    onHealth: monitor.health.onHealth,
    /** Idempotent. Calls under way fail with `store-unavailable`. */
    close: (): Promise<void> => (closing ??= monitor.stop()),
  }
}
