import type { Client } from 'pg'
import type { Clock } from '../../runtime/clock.ts'
import { createClient, type ClientParts } from './client.ts'
import { newsOf, type CommitNews } from './commits.ts'
import { fromPg } from './failure.ts'
import { lend, type Send } from './loan.ts'
import { beginSession } from './session-settings.ts'
import { CHANNEL } from './transaction.ts'
import { createTurns } from './turns.ts'

/** Others are read elsewhere then. No sooner: more connections do not help a server that is slow because it has much to do. */
const SLOW_READ_MS = 3_000
/** A heartbeat that finds the connection at work for so long is taken elsewhere. */
const SLOW_BEAT_MS = 250
/** Nothing is heard of commits while it reads. */
const READ_MS = 10_000

/** The one connection that hears of commits, and by which we know that the server is there. */
export interface Listener {
  /** Null where it is at work on a read just now. */
  serverState(): Promise<ServerState | null>
  /**
   * Lends it to a work that reads. Null where that must be done elsewhere: it has been at work for too long, or broke, also
   * in the middle of this.
   */
  read<T>(work: (send: Send) => Promise<T>): Promise<{ readonly result: T } | null>
  /** From here on `onCommit` is told. Fails on a standby. */
  listen(): Promise<void>
  /** Cuts the connection, which may be stalled. */
  cut(): void
}

export interface ServerState {
  /** As `server_version_num` has it: 150004. */
  readonly version: number
  readonly versionName: string
  /** `UTF8` */
  readonly encoding: string
  /** A standby, or a session that may not write. */
  readonly isReadOnly: boolean
}

interface ListenerEvents {
  /** Null: anything may have been committed. */
  readonly onCommit: (news: CommitNews | null) => void
  /** The connection broke. */
  readonly onLost: (error: unknown) => void
}

/** Throws the server's errors, `ConnectionError`. */
export async function connectListener(
  parts: ClientParts,
  clock: Clock,
  { onCommit, onLost }: ListenerEvents,
): Promise<Listener> {
  const client = createClient(parts)
  const turns = createTurns(clock)
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
    async serverState() {
      const endTurn = await turns.take(SLOW_BEAT_MS, 'urgent')
      return endTurn === null ? null : await serverState(client).finally(endTurn)
    },
    async read(work) {
      const endTurn = await turns.take(SLOW_READ_MS)
      if (endTurn === null) return null
      const loan = lend(client, READ_MS)
      try {
        return { result: await work(loan.send) }
      } catch (error) {
        if (loan.isBroken()) return null
        throw error
      } finally {
        const broken = loan.end()
        if (broken !== null) cut()
        if (broken !== null) onLost(broken)
        endTurn()
      }
    },
    listen: async () => void (await ask(client, `LISTEN ${CHANNEL}`)),
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
