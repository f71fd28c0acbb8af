import { Pool, type PoolClient } from 'pg'
import type { ClientWork, StoreClient } from './client.ts'
import { fromPg, ServerFailure } from './failure.ts'

const IDLE_MS = 5_000
/** What pg-pool says where no client was to be had in time. */
const CHECKOUT_TIMEOUT = 'timeout exceeded when trying to connect'

export interface ClientPoolParts {
  readonly addClient: () => StoreClient
  readonly max: number
  /** How long `connect` waits for a client, and for a connection. */
  readonly waitMs: number
  /** A client broke while it was idle; the next work finds out where absent. */
  readonly onBroken?: (error: unknown) => void
}

export type PooledClient = PoolClient & StoreClient
export type ClientPool = ReturnType<typeof createClientPool>

/** Clients that are made when they are asked for, and ended when nobody has asked for them for a while. */
export function createClientPool({ addClient, max, waitMs, onBroken }: ClientPoolParts) {
  const pool = new Pool({
    max,
    idleTimeoutMillis: IDLE_MS,
    connectionTimeoutMillis: waitMs,
    // Called with `new`, it gives pg-pool the object that it returns.
    Client: function () {
      return addClient()
    } as unknown as new () => StoreClient,
    // pg-pool waits for it, whatever its type says.
    onConnect: ((client: StoreClient) => client.begin()) as (client: unknown) => void,
  }).on('error', (error) => onBroken?.(fromPg(error)))
  return {
    /** A client, to be given to `lendTo`. Throws what the server says, `ConnectionError`, and `pool-busy`. */
    async connect(): Promise<PooledClient> {
      try {
        return (await pool.connect()) as PooledClient
      } catch (error) {
        if (error instanceof Error && error.message === CHECKOUT_TIMEOUT)
          throw new ServerFailure('pool-busy', error)
        throw fromPg(error)
      }
    },
    /** Does a work that makes a connection, in the place of a client; false where there are as many as may be. */
    inPlaceOfClient: async (work: () => Promise<void>): Promise<boolean> => {
      const { options } = pool
      if (pool.totalCount >= options.max) return false
      options.max -= 1
      await work().finally(() => (options.max += 1))
      return true
    },
    end: (): Promise<void> => pool.end(),
  }
}

/** Lends a client to a work, and gives it back to its pool, which ends it where it broke. Throws as `StoreClient.lend`. */
export async function lendTo<T>(client: PooledClient, work: ClientWork<T>): Promise<T> {
  try {
    return await client.lend(work)
  } finally {
    client.release(client.brokenBy !== null)
  }
}
