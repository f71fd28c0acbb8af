import { errorText, fromWireError, toWireError } from '../../../../src-shared/errors/app-error.ts'
import type { Clock } from '../../../runtime/clock.ts'
import type { PostgresConfig } from '../../../config/config.ts'
import type { Log } from '../../../runtime/log.ts'
import { orAbort, withTimeout } from '../../../runtime/async.ts'
import type { MethodOn } from '../../bound.ts'
import type { Store } from '../../store.ts'
import { createCommits } from './commits.ts'
import {
  alone,
  readTransaction,
  retryConflicts,
  writeTransaction,
  type ExclusiveSession,
  type SqlReader,
  type Transaction,
  type WriteTransaction,
} from './connection.ts'
import { fixedCredentials, type Login, type StoreCredentials } from './credentials.ts'
import { closedStore, toStoreError } from './errors.ts'
import { isLoginRefused, kindOf } from './failure.ts'
import { createHealth, probeWrites } from './health.ts'
import { connectListener, type Listener } from './listener.ts'
import type { SendStatement } from './client-lease.ts'
import { startMonitor } from './monitor.ts'
import { createPool } from './pool.ts'
import { serverNames } from './connection-errors.ts'
import { createSockets, tlsOptions } from './client.ts'

export interface ConnectionParts {
  readonly clock: Clock
  /** User and password, where they may be others while it is open: instead of the configuration's. */
  readonly credentials?: StoreCredentials | undefined
  readonly log: Pick<Log, 'info' | 'warn'>
  /**
   * Whether there is nothing to prepare. Throws where the tables are none that we can use. Asked each time that the server
   * was away, since another may be there, and when a program has changed the tables, which may be a newer one.
   */
  readonly isPrepared: (reading: SqlReader) => Promise<boolean>
  /** Brings the tables up to date. */
  readonly prepare: (session: ExclusiveSession) => Promise<void>
  /** Ends the wait for a server that does not answer, before it is open. */
  readonly signal?: AbortSignal | undefined
}

/**
 * Connects to a server, for as long as the store is open. Where it cannot be reached, or takes no writes now, the
 * connection is there but down, and goes up by itself. Throws `not-configured` where the server does not let us in as we
 * come (password, database, TLS, rights) or is none that we can use (version, encoding), what `isPrepared` and `prepare`
 * throw, and the signal's reason.
 */
export async function openConnection(config: PostgresConfig, given: ConnectionParts): Promise<PostgresDb> {
  const { signal = NEVER } = given
  const parts = createParts(config, given)
  const connection = asConnection(parts)
  try {
    await orAbort(parts.monitor.opened, signal)
  } catch (error) {
    await connection.close()
    throw toStoreError(error, parts.names)
  }
  return connection
}

const NEVER = new AbortController().signal

/** One PostgreSQL database, reached by one connection, which listens and reads, and a small pool for whatever else. */
export type PostgresDb = ReturnType<typeof asConnection>

export type PostgresMethod<M extends keyof Store> = MethodOn<PostgresDb, M>

type Parts = ReturnType<typeof createParts>

function createParts(config: PostgresConfig, { clock, log, isPrepared, prepare, ...given }: ConnectionParts) {
  const { credentials = fixedCredentials(config) } = given
  const names = serverNames(config, () => credentials.last().user)
  const sockets = createSockets()
  const client = { config, credentials, ssl: tlsOptions(config), sockets }
  const commits = createCommits()
  const health = createHealth(clock)
  let home: Listener | null = null
  const pool = createPool(client, clock, (error) => monitor.suspect(error))
  const checkPool = (login?: Login): Promise<void> =>
    pool.check(async (send) => void (await isPrepared(reading(send))), login)

  const monitor = startMonitor({
    clock,
    async connect(onLost) {
      credentials.now() // throws where there are none
      return connectListener(client, clock, {
        onLost,
        onCommit(news) {
          commits.announce(news)
          if (news === null) monitor.look()
        },
      })
    },
    async bringUp(wasFull) {
      // Seldom is anything missing: those who come back all at once need not take turns to find that out.
      const prepared = await pool.use((send) => isPrepared(reading(send)))
      if (!prepared) await alone(pool, prepare)
      if (wasFull) await probeWrites(pool)
    },
    checkPool: () => checkPool(),
    onUp(listener) {
      home = listener
      if (health.now().state === 'down') log.info({ store: names.label }, 'the store is back')
      health.setUp()
      commits.announce(null) // commits of the meantime were not notified
    },
    onDown(error) {
      if (isLoginRefused(error)) credentials.refused()
      const failure = toWireError(toStoreError(error, names))
      if (health.setDown(failure)) {
        log.warn({ store: names.label, why: errorText(failure), err: error }, 'the store cannot be used')
      }
      // Whatever still waits for an answer would wait in vain, or be answered by a server that is not the right one now.
      pool.fail(fromWireError(failure))
      sockets.cut(fromWireError(failure))
    },
  })
  const detach = credentials.attach({
    async tryOut(login) {
      try {
        await checkPool(login)
      } catch (error) {
        const namesThen = serverNames(config, () => login.user)
        if (kindOf(error) === 'denied') throw toStoreError(error, namesThen)
      }
    },
    moveOver() {
      monitor.moveOver()
      return pool.moveOver()
    },
    ended: (error) => monitor.end(error),
    troubled: () => health.setWarning(credentials.trouble()),
  })
  health.setWarning(credentials.trouble())
  /** The connection that listens; null before the first. One that broke reads nothing. */
  const currentListener = (): Listener | null => home
  /** `detach`: takes no other credentials any more. */
  return { clock, names, sockets, pool, commits, health, monitor, home: currentListener, detach }
}

function asConnection(parts: Parts) {
  const { clock, names, sockets, pool, commits, health, monitor, home } = parts
  let closing: Promise<void> | null = null
  const close = async (): Promise<void> => {
    const reason = closedStore(names)
    parts.detach()
    monitor.stop(reason)
    pool.fail(reason, 'forGood')
    // A server that stalls does not keep us from closing.
    await withTimeout(pool.end(), GOODBYE_MS, () => {}, { clock })
    sockets.cut(reason)
  }
  const refuseWhileDown = (): void => {
    const state = health.now()
    if (state.state === 'down' && closing === null) throw fromWireError(state.failure)
  }
  const call = async <T>(work: () => Promise<T>): Promise<T> => {
    refuseWhileDown()
    try {
      return await work()
    } catch (error) {
      monitor.suspect(error)
      throw toStoreError(error, names)
    }
  }
  const byPool = <T>(work: (send: SendStatement) => Promise<T>): Promise<T> =>
    retryConflicts(() => pool.use(work), clock)
  /** A commit has every instance read: over the connection that was notified, so that fifty need no more than fifty. */
  const byListener = <T>(work: (send: SendStatement) => Promise<T>): Promise<T> =>
    retryConflicts(async () => {
      const done = await home()?.read(work)
      if (done) return done.result
      refuseWhileDown()
      return pool.use(work)
    }, clock)
  return {
    /** One statement that reads what is found at once, outside a transaction. Throws AppErrors, see `Store`. */
    query: <R>(sql: string, params?: readonly unknown[]): Promise<R[]> =>
      call(() => byListener((send) => reading(send).query(sql, params))),
    /** As `query`, for one that may read thousands of rows from a slow disk. */
    scan: <R>(sql: string, params?: readonly unknown[]): Promise<R[]> =>
      call(() => byPool((send) => reading(send).query(sql, params))),
    /** Several such reads that all see the same commit (REPEATABLE READ, READ ONLY). */
    read: <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
      call(() => byListener((send) => readTransaction(send, work))),
    /**
     * One transaction, durable when this resolves. What is thrown rolls it back; so does `tx.discard()`, after which the
     * result is returned all the same: nothing was news, and nothing waits for the disk. A deadlock or a serialization
     * failure runs the work again, a few times.
     */
    write: <T>(work: (tx: WriteTransaction) => Promise<T>): Promise<T> =>
      call(() => byPool((send) => writeTransaction(send, work))),
    /** Work that one instance at a time does with this database: making tables, dropping them. It may take its time. */
    alone: <T>(work: (session: ExclusiveSession) => Promise<T>): Promise<T> => call(() => alone(pool, work)),
    onCommit: commits.onCommit,
    health: health.now,
    onHealth: health.onHealth,
    /** Idempotent. Calls under way fail with `store-unavailable`. */
    close: (): Promise<void> => (closing ??= close()),
  }
}

function reading(send: SendStatement): SqlReader {
  return { query: async (sql, params) => (await send(sql, params)).rows }
}

const GOODBYE_MS = 500
