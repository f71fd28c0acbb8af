import type { Client } from 'pg'
import { elapsedMs, type Clock } from '../../../runtime/clock.ts'
import { beginSession, createClient, type ClientParts } from './client.ts'
import { newsOf, type CommitNews } from './commits.ts'
import { CHANNEL } from './connection.ts'
import { fromPg, UnfitServerError } from './failure.ts'
import { leaseClient, type SendStatement } from './client-lease.ts'
import { withTimeout } from '../../../runtime/async.ts'

const FIRST_VERSION = 130_000
/** Others are read by another connection then. No sooner: more connections do not help a server that is slow because it has much to do. */
const SLOW_READ_MS = 3_000
/** A heartbeat that finds the connection at work for so long is taken by another connection. */
const SLOW_BEAT_MS = 250
/** No notification arrives while it reads. */
const READ_MS = 10_000

export type Listener = Awaited<ReturnType<typeof connectListener>>

export interface ServerState {
  /** As `server_version_num` has it: 150004. */
  readonly version: number
  readonly versionName: string
  /** `UTF8` */
  readonly encoding: string
  /** A standby, or a session that may not write. */
  readonly isReadOnly: boolean
}

/**
 * The one connection that is notified of commits, and by which we know that the server is there. `onCommit`: null where anything
 * may have been committed. `onLost`: the connection broke. Throws the server's errors, `ConnectionError`.
 */
export async function connectListener(
  parts: ClientParts,
  clock: Clock,
  on: { readonly onCommit: (news: CommitNews | null) => void; readonly onLost: (error: unknown) => void },
) {
  const { onCommit, onLost } = on
  const client = createClient(parts)
  const mutex = createMutex(clock)
  client.on('error', (error) => onLost(fromPg(error)))
  client.on('notification', ({ payload = '' }) => onCommit(newsOf(payload)))
  try {
    await client.connect()
    await beginSession(client, parts.config)
  } catch (error) {
    client.connection.stream.destroy()
    throw fromPg(error)
  }
  const cut = (): void => void client.connection.stream.destroy()
  return {
    /** Null where it is at work on a read just now. */
    async serverState(): Promise<ServerState | null> {
      const release = await mutex.acquire(SLOW_BEAT_MS, 'urgent')
      return release === null ? null : await serverState(client).finally(release)
    },
    /**
     * Lends it to a work that reads. Null where that must be done by another: it has been at work for too long, or broke,
     * also in the middle of this.
     */
    async read<T>(work: (send: SendStatement) => Promise<T>): Promise<{ readonly result: T } | null> {
      const release = await mutex.acquire(SLOW_READ_MS)
      if (release === null) return null
      const lease = leaseClient(client, READ_MS)
      try {
        return { result: await work(lease.send) }
      } catch (error) {
        if (lease.isBroken()) return null
        throw error
      } finally {
        const broken = lease.end()
        if (broken !== null) cut()
        if (broken !== null) onLost(broken)
        release()
      }
    },
    /** From here on `onCommit` is called. Fails on a standby. */
    listen: async (): Promise<void> => void (await ask(client, `LISTEN ${CHANNEL}`)),
    /** Cuts the connection, which may be stalled. */
    cut,
  }
}

/** `transaction_read_only` is on in a standby, and where `default_transaction_read_only` is. */
const SERVER_STATE = `
  SELECT current_setting('server_version_num')::int AS "version", current_setting('server_version') AS "versionName",
         current_setting('server_encoding') AS "encoding",
         current_setting('transaction_read_only') = 'on' AS "isReadOnly"`

export async function serverState(client: Client): Promise<ServerState> {
  const [state] = await ask<ServerState>(client, SERVER_STATE)
  if (state === undefined) throw new TypeError('SELECT gave no row')
  return state
}

async function ask<R extends object>(client: Client, sql: string): Promise<R[]> {
  try {
    return (await client.query<R>(sql)).rows
  } catch (error) {
    throw fromPg(error)
  }
}

/** Something that one at a time may have, in the order in which they came. */
export function createMutex(clock: Clock) {
  const waiting: (() => void)[] = []
  let taken = false
  let sinceMs = 0
  const begin = (): void => {
    taken = true
    sinceMs = elapsedMs(clock)
  }
  const end = (): void => {
    const next = waiting.shift()
    taken = next !== undefined
    next?.()
  }
  return {
    /**
     * Waits for a turn, and gives what ends it; null where somebody keeps the thing for longer than `patienceMs`: a long
     * queue that moves is waited for. Who is `urgent` comes before the others.
     */
    async acquire(patienceMs: number, urgent?: 'urgent'): Promise<(() => void) | null> {
      if (!taken) {
        begin()
        return end
      }
      const { promise, resolve } = Promise.withResolvers<void>()
      const mine = (): void => {
        begin()
        resolve()
      }
      if (urgent) waiting.unshift(mine)
      else waiting.push(mine)
      while (waiting.includes(mine)) {
        const leftMs = patienceMs - (elapsedMs(clock) - sinceMs)
        if (leftMs <= 0) {
          waiting.splice(waiting.indexOf(mine), 1)
          return null
        }
        await withTimeout(promise, leftMs, () => {}, { clock })
      }
      return end
    },
  }
}

/** Throws `UnfitServerError` for a server that we cannot use. */
export function refuseUnfit(state: ServerState): void {
  refuseOld(state)
  refuseNarrow(state)
}

/** Throws `UnfitServerError` for a server older than the first version that we know. */
export function refuseOld({ version, versionName }: Pick<ServerState, 'version' | 'versionName'>): void {
  if (version >= FIRST_VERSION) return
  throw new UnfitServerError(
    `is version ${versionName}, and Jira TPM needs 13 or newer`,
    'Use a newer server, or SQLite.',
  )
}

/** Throws `UnfitServerError` for a database that cannot keep every text. */
export function refuseNarrow({ encoding }: Pick<ServerState, 'encoding'>): void {
  if (encoding === 'UTF8') return
  throw new UnfitServerError(
    `keeps its texts as ${encoding}, which cannot hold every ticket’s title`,
    "Have a database made for it: CREATE DATABASE jira_tpm ENCODING 'UTF8' TEMPLATE template0;",
  )
}
