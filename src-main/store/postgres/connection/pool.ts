import { once } from 'node:events'
import { Pool, type Client, type PoolClient } from 'pg'
import type { Clock } from '../../../runtime/clock.ts'
import { orAbort } from '../../../runtime/async.ts'
import { beginSession, createClient, type ClientParts } from './client.ts'
import type { StoreCredentials } from './credentials.ts'
import { fromPg, isOverfull, PoolBusyError } from './failure.ts'
import { leaseClient, type SendStatement } from './client-lease.ts'

const MAX_CLIENTS = 4
const IDLE_MS = 5_000
/** How long a call waits where all clients are at work, or the server takes no more of them. */
const CHECKOUT_MS = 10_000
const OVERFULL_RETRY_MS = 100

export type ClientPool = ReturnType<typeof createPool>

interface PoolParts extends ClientParts {
  readonly credentials: StoreCredentials
}

/** `onLost` is called for clients that broke while they were idle. */
export function createPool(parts: PoolParts, clock: Clock, onLost: (error: unknown) => void) {
  const open = () => openPool(parts, (error) => onLost(fromPg(error)))
  let current = open()
  let moving = new AbortController()
  const lent = new Set<PoolClient>()
  let calls = new AbortController()
  /** A server that takes no more clients is still there: others will let go of theirs. */
  const patientCheckOut = async (): Promise<PoolClient> => {
    const { signal } = calls
    for (let waitedMs = 0; ; waitedMs += OVERFULL_RETRY_MS) {
      parts.credentials.now() // throws where there are none
      const { signal: moved } = moving
      try {
        return await checkOut(current.pool, AbortSignal.any([signal, moved]))
      } catch (error) {
        // Who waited for a client of the former pool gets one of the next.
        if (moved.aborted && !signal.aborted) continue
        if (!isOverfull(error) || waitedMs > CHECKOUT_MS) throw error
      }
      // Not all at the same moment: a commit has everybody read.
      await clock.sleep(OVERFULL_RETRY_MS * (0.5 + Math.random()), signal)
    }
  }
  const lend = async <T>(client: PoolClient, work: (send: SendStatement) => Promise<T>): Promise<T> => {
    lent.add(client)
    const lease = leaseClient(client)
    try {
      return await work(lease.send)
    } finally {
      lent.delete(client)
      const broken = lease.end()
      if (broken !== null) client.connection.stream.destroy()
      client.release(broken !== null)
    }
  }
  return {
    /** Lends a client to the work. One whose state is not known after that is thrown away. Throws what the server says, `ConnectionError`. */
    use: async <T>(work: (send: SendStatement) => Promise<T>): Promise<T> =>
      await lend(await patientCheckOut(), work),
    /**
     * Whether the server lets one more client in and does the work for it, or has only enough clients: throws why not.
     * `login`: instead of that of now.
     */
    async check(
      work: (send: SendStatement) => Promise<void>,
      login = parts.credentials.now(),
    ): Promise<void> {
      const client = createClient({ ...parts, credentials: { last: () => login } }).on('error', () => {})
      try {
        await client.connect()
        await beginSession(client, parts.config)
        await work(leaseClient(client).send)
      } catch (error) {
        if (!isOverfull(error)) throw fromPg(error)
      } finally {
        client.connection.stream.destroy()
      }
    },
    /** All calls under way fail with `error`; so do those to come, where it is `forGood`. */
    fail(error: Error, forGood?: 'forGood'): void {
      calls.abort(error)
      for (const client of lent) client.connection.stream.destroy(error)
      if (forGood === undefined) calls = new AbortController()
    },
    /** Opens another pool, for the login of now. Resolves when the clients of the former have done their work and ended. */
    async moveOver(): Promise<void> {
      const former = current
      current = open()
      moving.abort()
      moving = new AbortController()
      await former.end()
    },
    /** Lets go of the clients that are not at work, and lends none any more. Resolves when all have ended. */
    end: (): Promise<void> => current.end(),
  }
}

function openPool(parts: ClientParts, onLost: (error: Error) => void) {
  const clients = new Set<Client>()
  const makeClient = (): Client => {
    // While it is handed out, pg-pool leaves it without a listener for errors: one would end the process.
    const client = createClient(parts).on('error', () => {})
    clients.add(client)
    return client.once('end', () => clients.delete(client))
  }
  const pool = new Pool({
    max: MAX_CLIENTS,
    idleTimeoutMillis: IDLE_MS,
    connectionTimeoutMillis: CHECKOUT_MS,
    // Called with `new`, it gives pg-pool the object that it returns.
    Client: function () {
      return makeClient()
    } as unknown as new () => Client,
    // pg-pool waits for it, whatever its type says.
    onConnect: (async (client: Client) => {
      await beginSession(client, parts.config)
    }) as (client: unknown) => void,
  }).on('error', onLost)
  return {
    pool,
    /** Lends no client any more. Resolves when all have been given back, and their connections have ended. */
    async end(): Promise<void> {
      await pool.end()
      await Promise.all([...clients].map((client) => once(client, 'end')))
    },
  }
}

async function checkOut(pool: Pool, signal: AbortSignal): Promise<PoolClient> {
  signal.throwIfAborted()
  const waiting = pool.connect()
  try {
    return await orAbort(waiting, signal)
  } catch (error) {
    // It may still come, when nobody wants it any more.
    waiting.then(
      (client) => client.release(),
      () => {},
    )
    throw error instanceof Error && error.message === CHECKOUT_TIMEOUT ? new PoolBusyError() : fromPg(error)
  }
}

const CHECKOUT_TIMEOUT = 'timeout exceeded when trying to connect'
