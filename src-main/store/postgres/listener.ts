import type { Client } from 'pg'
import { createClient, SESSION_SETTINGS, type ClientParts } from './client.ts'
import { fromPg } from './failure.ts'
import { CHANNEL } from './transaction.ts'

/** The one connection that hears of commits, and by which we know that the server is there. */
export interface Listener {
  serverState(): Promise<ServerState>
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
  /** The site of a commit; null: all of them. */
  readonly onCommit: (siteId: string | null) => void
  /** The connection broke. */
  readonly onLost: (error: unknown) => void
}

/** Throws the server's errors, `ConnectionError`. */
export async function connectListener(
  parts: ClientParts,
  { onCommit, onLost }: ListenerEvents,
): Promise<Listener> {
  const client = createClient(parts)
  client.on('error', (error) => onLost(fromPg(error)))
  client.on('notification', ({ payload = '' }) => onCommit(payload === '' ? null : payload))
  try {
    await client.connect()
    await ask(client, SESSION_SETTINGS)
  } catch (error) {
    client.connection.stream.destroy()
    throw fromPg(error)
  }
  return {
    serverState: () => serverState(client),
    listen: async () => void (await ask(client, `LISTEN ${CHANNEL}`)),
    cut: () => void client.connection.stream.destroy(),
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
