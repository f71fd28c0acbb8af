import { fromWireError, toWireError } from '../../../src-shared/errors/app-error.ts'
import type { Clock } from '../../clock.ts'
import type { PostgresConfig } from '../../config/config.ts'
import type { Log } from '../../log.ts'
import { alone } from './alone.ts'
import { createCommits, type Commits } from './commits.ts'
import type { Connection, Session } from './connection.ts'
import { retryConflicts } from './conflicts.ts'
import { closedStore, toStoreError } from './errors.ts'
import { createHealth, type Health } from './health.ts'
import { connectListener, type Listener } from './listener.ts'
import type { Send } from './loan.ts'
import { startMonitor, type Monitor } from './monitor.ts'
import { createPool, type ClientPool } from './pool.ts'
import { serverNames, type ServerNames } from './server-names.ts'
import { createSockets, type Sockets } from './sockets.ts'
import { tlsOptions } from './tls.ts'
import { readTransaction, writeTransaction } from './transaction.ts'
import { probeWrites } from './write-probe.ts'

export interface ConnectionParts {
  readonly clock: Clock
  readonly log: Pick<Log, 'info' | 'warn'>
  /** Brings the tables up to date. Run each time that the server was away: another may be there, or a newer program was. */
  readonly prepare: (session: Session) => Promise<void>
}

interface Parts {
  readonly clock: Clock
  readonly names: ServerNames
  readonly sockets: Sockets
  readonly pool: ClientPool
  readonly commits: Commits
  readonly health: Health
  readonly monitor: Monitor
  /** The connection that listens; null before the first. One that broke reads nothing. */
  readonly home: () => Listener | null
}

/**
 * Connects to a server, for as long as the store is open. Where it cannot be reached, or takes no writes now, the
 * connection is there but down, and goes up by itself. Throws `not-configured` where the server does not let us in as we
 * come (password, database, TLS, rights) or is none that we can use (version, encoding), and what `prepare` throws.
 */
export async function openConnection(config: PostgresConfig, given: ConnectionParts): Promise<Connection> {
  const parts = build(config, given)
  const connection = asConnection(parts)
  try {
    await parts.monitor.opened
  } catch (error) {
    await connection.close()
    throw toStoreError(error, parts.names)
  }
  return connection
}

function build(config: PostgresConfig, { clock, log, prepare }: ConnectionParts): Parts {
  const names = serverNames(config)
  const sockets = createSockets()
  const client = { config, ssl: tlsOptions(config), sockets }
  const commits = createCommits()
  const health = createHealth(clock)
  let home: Listener | null = null
  const pool = createPool(client, clock, (error) => monitor.suspect(error))

  const monitor = startMonitor({
    clock,
    connect: (onLost) =>
      connectListener(client, clock, { onCommit: (news) => commits.announce(news), onLost }),
    async bringUp(wasFull) {
      await alone(pool, prepare)
      if (wasFull) await probeWrites(pool)
    },
    checkPool: () => pool.check(),
    onUp(listener) {
      home = listener
      if (health.now().state === 'down') log.info({ store: names.label }, 'the store is back')
      health.setUp()
      commits.announce(null) // what was committed meanwhile, nobody told us
    },
    onDown(error) {
      const failure = toWireError(toStoreError(error, names))
      if (health.setDown(failure)) {
        log.warn({ store: names.label, why: failure.message, err: error }, 'the store cannot be used')
      }
      // Whatever still waits for an answer would wait in vain, or be answered by a server that is not the right one now.
      pool.fail(fromWireError(failure))
      sockets.cut(fromWireError(failure))
    },
  })
  return { clock, names, sockets, pool, commits, health, monitor, home: () => home }
}

function asConnection({ clock, names, sockets, pool, commits, health, monitor, home }: Parts): Connection {
  let closing: Promise<void> | null = null
  const close = async (): Promise<void> => {
    const reason = closedStore(names)
    monitor.stop(reason)
    pool.fail(reason, 'forGood')
    await inGoodTime(pool.end(), clock)
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
  const byPool = <T>(work: (send: Send) => Promise<T>): Promise<T> =>
    retryConflicts(() => pool.use(work), clock)
  /** A commit has every instance read: over the connection that it heard of it by, so that fifty need no more than fifty. */
  const atHome = async <T>(work: (send: Send) => Promise<T>): Promise<T> => {
    const done = await home()?.read(work)
    if (done) return done.result
    refuseWhileDown()
    return byPool(work)
  }
  return {
    label: names.label,
    query: (sql, params) => call(() => atHome(async (send) => (await send(sql, params)).rows)),
    scan: (sql, params) => call(() => byPool(async (send) => (await send(sql, params)).rows)),
    read: (work) => call(() => atHome((send) => readTransaction(send, work))),
    write: (work) => call(() => byPool((send) => writeTransaction(send, work))),
    alone: (work) => call(() => alone(pool, work)),
    onCommit: (siteId, kinds, listener) => commits.onCommit(siteId, kinds, listener),
    health: () => health.now(),
    onHealth: (listener) => health.onHealth(listener),
    close: () => (closing ??= close()),
  }
}

const GOODBYE_MS = 500

/** A server that stalls does not keep us from closing. */
async function inGoodTime(goodbye: Promise<unknown>, clock: Clock): Promise<void> {
  const done = new AbortController()
  await Promise.race([goodbye, clock.sleep(GOODBYE_MS, done.signal)])
  done.abort()
}
