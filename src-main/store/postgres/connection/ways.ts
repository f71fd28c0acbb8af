import type { PostgresConfig } from '../../../config/config.ts'
import { orAbort } from '../../../runtime/async.ts'
import type { Clock } from '../../../runtime/clock.ts'
import { tlsOptions, type ClientParts, type ClientWork, type StoreClient } from './client.ts'
import { serverNames, toStoreError } from './errors.ts'
import { findingOf, isOverfull, kindOf } from './failure.ts'
import { createClientPool, lendTo, type ClientPool, type PooledClient } from './pool.ts'
import { fenceOf } from './pooler.ts'

/** With the one that listens four: what a team's server is promised to hold at most (docs/server.md). */
const MAX_CLIENTS = 3
/** Past a pooler: for leases, and for who makes or changes tables meanwhile. */
const MAX_DIRECT = 2
/** How long a call waits where all clients are at work, or the server takes no more of them. */
const CHECKOUT_MS = 10_000
const OVERFULL_RETRY_MS = 100

export interface WayParts {
  readonly clock: Clock
  /** No client is lent any more. */
  readonly signal: AbortSignal
  /** A client of a pool broke while it was idle. */
  readonly onBroken: (error: unknown) => void
}

/** By which clients works are done: through the pooler, where there is one, and past it. */
export function createWays(
  clients: { add(others?: Partial<ClientParts>): StoreClient },
  config: PostgresConfig,
  parts: WayParts,
) {
  let fence = 'false' // until the listener has said where it is
  const pooled = pooledParts(config, () => fence)
  const direct = createPool(() => clients.add(), {
    ...parts,
    max: pooled === null ? MAX_CLIENTS : MAX_DIRECT,
  })
  const pool =
    pooled === null ? direct : createPool(() => clients.add(pooled), { ...parts, max: MAX_CLIENTS })
  return {
    /** Works go through a pooler. */
    isPooled: pooled !== null,
    /** Nothing is done through a pooler before this, nor elsewhere than where that client is. */
    begin: async (listener: StoreClient): Promise<void> => {
      if (pooled !== null) fence = await fenceOf(listener)
    },
    /** Lends a client to a work. Throws as `checkOut`, and what the server, a pooler or the work throws. */
    lend: <T>(work: ClientWork<T>): Promise<T> =>
      pooled === null
        ? direct.lend(work)
        : pool.lend(work).catch((error: unknown) => throwOf(error, pooled.config)),
    /** The same past a pooler, for what must not wait for it, or needs a session of its own. */
    lendDirect: direct.lend,
    /** See `createClientPool`. */
    inPlaceOfClient: pool.inPlaceOfClient,
    end: (): Promise<unknown> => Promise.all([pool.end(), pool === direct ? null : direct.end()]),
  }
}

/** For a client that goes by the pooler; null: there is none. */
function pooledParts({ pooler, ...config }: PostgresConfig, fence: () => string) {
  if (pooler === undefined) return null
  return { config: { ...config, ...pooler }, ssl: tlsOptions(pooler), fence }
}

/** Throws it as one of the pooler, where it is: the server itself may be well. */
function throwOf(error: unknown, pooler: PostgresConfig): never {
  const isIts =
    kindOf(error) === 'unreachable' || kindOf(error) === 'denied' || findingOf(error) === 'pooler-busy'
  throw isIts ? toStoreError(error, serverNames(pooler, pooler.user, 'The pooler')) : error
}

interface PoolParts extends WayParts {
  readonly max: number
}

function createPool(addClient: () => StoreClient, { signal, clock, onBroken, max }: PoolParts) {
  const pool = createClientPool({ addClient, max, waitMs: CHECKOUT_MS, onBroken })
  return {
    ...pool,
    lend: async <T>(work: ClientWork<T>): Promise<T> => lendTo(await checkOut(pool, signal, clock), work),
  }
}

/**
 * A client of the pool. A server that takes no more clients is still there: others will let go of theirs. Throws what the
 * server says, `ConnectionError`, `pool-busy`, and the signal's reason.
 */
async function checkOut(pool: ClientPool, signal: AbortSignal, clock: Clock): Promise<PooledClient> {
  for (let waitedMs = 0; ; waitedMs += OVERFULL_RETRY_MS) {
    signal.throwIfAborted()
    const waiting = pool.connect()
    try {
      return await orAbort(waiting, signal)
    } catch (error) {
      // It may still come, when it is not wanted any more.
      waiting.then(
        (client) => client.release(),
        () => {},
      )
      signal.throwIfAborted()
      if (!isOverfull(error) || waitedMs > CHECKOUT_MS) throw error
    }
    // Not all at the same moment: a commit has everybody read.
    await clock.sleep(OVERFULL_RETRY_MS * (0.5 + Math.random()), signal)
  }
}
