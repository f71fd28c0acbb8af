import assert from 'node:assert/strict'
import { errorText, fromWireError, toWireError } from '../../../../src-shared/errors/app-error.ts'
import type { Clock } from '../../../runtime/clock.ts'
import type { PostgresConfig } from '../../../config/config.ts'
import type { Log } from '../../../runtime/log.ts'
import { orAbort } from '../../../runtime/async.ts'
import type { MethodOn } from '../../bound.ts'
import type { Store } from '../../store.ts'
import { createCommits, type CommitNews } from './commits.ts'
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
import { isLoginRefused, isOverfull, kindOf } from './failure.ts'
import { createHealth, probeWrites } from './health.ts'
import { createLink, RETIRED, type ServerLink, type ClientWork } from './link.ts'
import { startMonitor } from './monitor.ts'
import { serverNames } from './connection-errors.ts'
import { tlsOptions, type SendStatement } from './client.ts'

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
  let lastUser = ''
  const names = serverNames(config, () => lastUser)
  const ssl = tlsOptions(config)
  const commits = createCommits()
  const health = createHealth(clock)
  const links = new Set<ServerLink>()
  const onCommit = (news: CommitNews | null): void => {
    commits.announce(news)
    if (news === null) monitor.look()
  }
  const onBroken = (error: unknown): void => monitor.suspect(error)
  /** Throws where there is no login that still works. */
  const addLink = (login = credentials.now()): ServerLink => {
    lastUser = login.user
    const link = createLink({ config, ssl, clock, onCommit, onBroken }, login)
    links.add(link)
    void link.ended.then(() => links.delete(link))
    return link
  }
  const arePrepared = (link: ServerLink): Promise<boolean> => link.read((send) => isPrepared(reading(send)))
  /** Whether the server lets one more client in and shows it the tables, or has only enough clients: throws why not. */
  const check = async (login?: Login): Promise<void> => {
    const link = addLink(login)
    try {
      await link.connect()
      await arePrepared(link)
    } catch (error) {
      if (!isOverfull(error)) throw error
    } finally {
      link.cut(new Error('The check is over'))
    }
  }
  const cutAll = (error: Error): void => {
    for (const link of links) link.cut(error)
  }

  const monitor = startMonitor({
    clock,
    createLink: addLink,
    async bringUp(link, wasFull) {
      // Seldom is anything missing: those who come back all at once need not take turns to find that out.
      if (!(await arePrepared(link))) await alone(link, prepare)
      if (wasFull) await probeWrites(link)
    },
    check,
    onUp() {
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
      cutAll(fromWireError(failure))
    },
  })
  const detach = credentials.attach({
    async tryOut(login) {
      try {
        await check(login)
      } catch (error) {
        const namesThen = serverNames(config, () => login.user)
        if (kindOf(error) === 'denied') throw toStoreError(error, namesThen)
      }
    },
    async moveOver() {
      const former = monitor.link()
      monitor.moveOver()
      await former?.ended
    },
    changed() {
      try {
        credentials.now()
        health.setWarning(credentials.trouble())
      } catch (error) {
        monitor.end(error)
      }
    },
  })
  health.setWarning(credentials.trouble())
  /** `detach`: takes no other credentials any more. */
  return { clock, names, links, commits, health, monitor, detach }
}

function asConnection(parts: Parts) {
  const { clock, names, links, commits, health, monitor } = parts
  let closing: Promise<void> | null = null
  const close = async (): Promise<void> => {
    const reason = closedStore(names)
    parts.detach()
    monitor.stop(reason)
    await Promise.all([...links].map((link) => link.close(reason)))
  }
  const refuseWhileDown = (): void => {
    const state = health.now()
    if (closing !== null) throw closedStore(names)
    if (state.state === 'down') throw fromWireError(state.failure)
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
  /** Who waits for a client of a link that another one takes the place of gets one of that. */
  const onLink = async <T>(work: (link: ServerLink) => Promise<T>): Promise<T> => {
    for (;;) {
      const link = monitor.link()
      assert(link !== null, 'It was opened')
      try {
        return await work(link)
      } catch (error) {
        if (error !== RETIRED) throw error
      }
    }
  }
  const byPool = <T>(work: ClientWork<T>): Promise<T> =>
    retryConflicts(() => onLink((link) => link.lend(work)), clock)
  const byListener = <T>(work: ClientWork<T>): Promise<T> =>
    retryConflicts(() => onLink((link) => link.read(work)), clock)
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
    alone: <T>(work: (session: ExclusiveSession) => Promise<T>): Promise<T> =>
      call(() => onLink((link) => alone(link, work))),
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
