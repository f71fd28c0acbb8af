import type { PostgresConfig } from '../../../config/config.ts'
import { coalesce, limit, sleep, withTimeout } from '../../../runtime/async.ts'
import { elapsedMs, type Clock } from '../../../runtime/clock.ts'
import { StoreClient, type ClientParts, type ClientWork } from './client.ts'
import type { Login } from './credentials.ts'
import { reading, type SqlReader } from './connection.ts'
import { isAnswer, isOverfull } from './failure.ts'
import { HEAR_MS, refuseShared } from './pooler.ts'
import { serverState, type ServerState } from './server-state.ts'
import { createWays, type WayParts } from './ways.ts'

/** The pool reads the others then. No sooner: more connections do not help a server that is slow because it has much to do. */
const SLOW_READ_MS = 3_000
/** A heartbeat that finds the client at work for so long is not waited for. */
const SLOW_BEAT_MS = 250
/** No notification arrives while it reads. */
const READ_MS = 10_000
const GOODBYE_MS = 500

/** Why a link lends no more clients: the next one does. */
export const RETIRED = new Error('Another link has taken the place of this one')

export type ServerLink = ReturnType<typeof createLink>

interface LinkParts extends Pick<ClientParts, 'config' | 'ssl'>, Omit<WayParts, 'signal'> {
  /** Something was told on a channel that is listened to. */
  readonly onNotice: (channel: string, payload: string) => void
}

/**
 * All connections that are made by one login: the client that is notified of commits, reads what is found at once and shows that
 * the server is there, and a small pool for whatever else. Where short transactions go by a pooler, reads do, too, and what
 * must not wait for one has a pool of its own that goes past it.
 */
export function createLink({ config, ssl, clock, onNotice, onBroken }: LinkParts, login: Login) {
  const over = new AbortController() // no client is lent any more
  /** The server is not there any more as far as the listening client knows; the pool may know better. */
  const away = new AbortController()
  const clients = createClients({ config, login, ssl }, over.signal)
  const listener = clients.add({ answerMs: READ_MS })
  const reads = createReads(listener, over.signal, clock)
  listener.on('error', () => away.abort(listener.brokenBy))
  listener.on('notification', ({ channel, payload = '' }) => onNotice(channel, payload))
  const parts = { signal: over.signal, clock, onBroken }
  const { isPooled, begin, end: endPools, ...lenders } = createWays(clients, config, parts)
  /** Resolves when all have done their work and their connections have ended. */
  const end = coalesce(() => Promise.all([reads.end(), endPools()]).then(() => clients.allEnded()), 'kept')
  /** Cuts all connections. Whatever waits for one, or for its answer, fails with `error`. */
  const cut = (error: Error): void => {
    over.abort(error)
    clients.cut(error)
  }
  return {
    server: config,
    /** Aborted with what ended the session with the server; its reads go by the pool then, as long as that works. */
    lost: AbortSignal.any([over.signal, away.signal]),
    /** Resolves when it has no connection any more. */
    ended: clients.ended,
    lose: (error: unknown): void => away.abort(error),
    cut,
    ...lenders,
    /** Connects the client that listens. Throws what the server says, `ConnectionError`, and as `refuseShared`. */
    async connect(): Promise<void> {
      await listener.open(() => refuseShared(listener, () => clients.add({ answerMs: HEAR_MS })))
      await begin(listener)
    },
    /** From when this resolves, `onNotice` is called with what is told on these. Fails on a standby. */
    listen: (channels: readonly string[]): Promise<unknown> =>
      reads.inTurn((send) => send(channels.map((channel) => `LISTEN ${channel}`).join('; '))),
    /**
     * For a work that reads: by the client that listens, so that fifty instances need no more than fifty connections, where
     * that is not at work for too long and does not break; by a pooler where there is one. Throws as `lend`.
     */
    async read<T>(work: ClientWork<T>): Promise<T> {
      const done = isPooled ? null : await reads.read(work)
      return done === null ? lenders.lend(work) : done.result
    },
    serverState: () => reads.serverState(),
    /** Another one goes on: who waits for a client fails with `RETIRED`, what is under way is finished. */
    retire(): void {
      over.abort(RETIRED)
      void end()
    },
    /** Calls under way fail with `reason`. A server that stalls does not keep us from closing. */
    async close(reason: Error): Promise<void> {
      over.abort(reason)
      clients.cutAtWork(reason)
      await withTimeout(end(), GOODBYE_MS, () => {}, { clock })
      cut(reason)
    },
  }
}

/** All clients of a link. They have ended when it is over and none of them has a connection, or when they are cut. */
function createClients(parts: ClientParts, over: AbortSignal) {
  const clients = new Set<StoreClient>()
  const ended = Promise.withResolvers<void>()
  const lookWhetherEnded = (): void => {
    if (over.aborted && clients.size === 0) ended.resolve()
  }
  return {
    ended: ended.promise,
    add(others: Partial<ClientParts> = {}): StoreClient {
      const client = new StoreClient({ ...parts, ...others })
      clients.add(client)
      return client.once('end', () => {
        clients.delete(client)
        lookWhetherEnded()
      })
    },
    allEnded(): Promise<void> {
      lookWhetherEnded()
      return ended.promise
    },
    cutAtWork(reason: Error): void {
      for (const client of clients) if (client.isAtWork) client.cut(reason)
    },
    cut(error: Error): void {
      for (const client of clients) client.cut(error)
      ended.resolve()
    },
  }
}

/** Reads by one client, one after the other, until the signal is aborted. */
function createReads(client: StoreClient, signal: AbortSignal, clock: Clock) {
  const inTurn = limit(1)
  let isSlow = new AbortController()
  /** Those that are under way, or wait; since when the first of them is under way. */
  let asked = 0
  let sinceMs = 0
  /** While somebody waits for the one that is under way. */
  const watch = coalesce(async (): Promise<void> => {
    for (;;) {
      const leftMs = sinceMs + SLOW_READ_MS - elapsedMs(clock)
      if (asked > 1 && leftMs <= 0) isSlow.abort()
      if (asked < 2 || leftMs <= 0 || !(await sleep(leftMs, signal, clock))) return
    }
  })
  let underWay: Promise<unknown> = Promise.resolve()
  const timed = async <T>(work: ClientWork<T>): Promise<T> => {
    sinceMs = elapsedMs(clock)
    const done = client.lend(work)
    underWay = done.catch(() => {})
    try {
      return await done
    } finally {
      if (isSlow.signal.aborted) isSlow = new AbortController()
    }
  }
  return {
    /** Null where it must be done by another client: the client has been at work for too long, or broke, also in the middle of this. */
    async read<T>(work: ClientWork<T>): Promise<{ readonly result: T } | null> {
      const { signal: slow } = isSlow
      if ((asked += 1) > 1) void watch()
      else sinceMs = elapsedMs(clock)
      try {
        return { result: await inTurn(() => timed(work), slow) }
      } catch (error) {
        if (slow.aborted || client.brokenBy !== null) return null
        throw error
      } finally {
        asked -= 1
      }
    },
    /** For what no other client can do. */
    inTurn: <T>(work: ClientWork<T>): Promise<T> => inTurn(() => client.lend(work)),
    /** Asked in between; null where the read that is under way keeps the client for too long, or has just failed. */
    async serverState(): Promise<ServerState | null> {
      const answer = serverState(client).catch((error: unknown) => {
        if (isAnswer(error)) return null
        throw error
      })
      const isStuck = await withTimeout(
        Promise.race([answer, underWay]).then(() => false),
        SLOW_BEAT_MS,
        () => true,
        { clock },
      )
      return isStuck ? null : answer
    },
    /** Ends the client once the reads that there are have been done. */
    end: (): Promise<void> => inTurn(() => client.end()),
  }
}

export type Links = ReturnType<typeof createLinks>

/** All links that have connections: the one in use, the next, and former ones whose work is not done. */
export function createLinks(
  isPrepared: (reading: SqlReader) => Promise<boolean>,
  parts: Omit<LinkParts, 'config'>,
) {
  const links = new Set<ServerLink>()
  const add = (config: PostgresConfig, login: Login): ServerLink => {
    const link = createLink({ ...parts, config }, login)
    links.add(link)
    void link.ended.then(() => links.delete(link))
    return link
  }
  const look: ClientWork<boolean> = (send) => isPrepared(reading(send))
  const arePrepared = (link: ServerLink): Promise<boolean> => link.read(look)
  return {
    add,
    arePrepared,
    /** The same by a client of the pool. */
    arePreparedByPool: (link: ServerLink): Promise<boolean> => link.lend(look),
    /** Whether the server lets one more client in and shows it the tables, or has only enough clients: throws why not. */
    async check(config: PostgresConfig, login: Login): Promise<void> {
      const link = add(config, login)
      try {
        await link.connect()
        await arePrepared(link)
      } catch (error) {
        if (!isOverfull(error)) throw error
      } finally {
        link.cut(new Error('The check is over'))
      }
    },
    cut(error: Error): void {
      for (const link of links) link.cut(error)
    },
    close: (reason: Error): Promise<unknown> => Promise.all([...links].map((link) => link.close(reason))),
  }
}
