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

/** `onLost` hears of clients that broke while nobody used them. */
export function createPool(parts: PoolParts, clock: Clock, onLost: (error: unknown) => void) {
  const ages = createClientAges()
  const pool = makePool(parts, ages).on('error', (error) => onLost(fromPg(error)))
  const lent = new Set<PoolClient>()
  let calls = new AbortController()
  /** A server that takes no more clients is still there: others will let go of theirs. */
  const patientCheckOut = async (): Promise<PoolClient> => {
    const { signal } = calls
    for (let waitedMs = 0; ; waitedMs += OVERFULL_RETRY_MS) {
      parts.credentials.now() // throws where there are none
      try {
        return await checkOutYoung(pool, ages, signal)
      } catch (error) {
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
      client.release(broken !== null || ages.isOld(client))
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
    /** Clients of an earlier login are lent no more. Resolves when all of them have done their work and ended. */
    async moveOver(): Promise<void> {
      const ended = ages.allAreOld()
      // Those that nobody uses end now, the others when they are given back.
      const idle = Array.from({ length: pool.idleCount }, async () => {
        const client = await pool.connect()
        client.release(ages.isOld(client))
      })
      await Promise.allSettled(idle)
      await ended
    },
    /** Lets go of the clients that are not at work, and lends none any more. Resolves when all have ended. */
    end: (): Promise<void> => pool.end(),
  }
}

function makePool(parts: ClientParts, ages: ClientAges): Pool {
  return new Pool({
    max: MAX_CLIENTS,
    idleTimeoutMillis: IDLE_MS,
    connectionTimeoutMillis: CHECKOUT_MS,
    // Called with `new`, it gives pg-pool the object that it returns.
    Client: function () {
      // While it is handed out, pg-pool leaves it without anybody who hears of errors: one would end the process.
      return ages.note(createClient(parts).on('error', () => {}))
    } as unknown as new () => Client,
    // pg-pool waits for it, whatever its type says.
    onConnect: (async (client: Client) => {
      await beginSession(client, parts.config)
    }) as (client: unknown) => void,
  })
}

/** One of an earlier login may have connected, or been given back, in the very moment when another came. */
async function checkOutYoung(pool: Pool, ages: ClientAges, signal: AbortSignal): Promise<PoolClient> {
  for (;;) {
    const client = await checkOut(pool, signal)
    if (!ages.isOld(client)) return client
    client.release(true)
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

type ClientAges = ReturnType<typeof createClientAges>

/** Which clients were made with an earlier login than that of now. */
function createClientAges() {
  let age = 0
  const ages = new Map<Client, number>()
  const listeners = new Set<() => void>()
  const isOld = (client: Client): boolean => (ages.get(client) ?? age) < age
  return {
    /** One that was just made. Gives it back. */
    note(client: Client): Client {
      ages.set(client, age)
      client.once('end', () => {
        ages.delete(client)
        for (const listener of listeners) listener()
      })
      return client
    },
    isOld,
    /** Another login is there: those made so far are old. Resolves when all of them have ended. */
    allAreOld(): Promise<void> {
      age += 1
      const first = age
      const { promise, resolve } = Promise.withResolvers<void>()
      const look = (): void => {
        if ([...ages.values()].some((one) => one < first)) return
        listeners.delete(look)
        resolve()
      }
      listeners.add(look)
      look()
      return promise
    },
  }
}
