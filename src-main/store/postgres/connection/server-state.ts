import { once } from 'node:events'
import { createConnection } from 'node:net'
import type { PostgresConfig } from '../../../config/config.ts'
import type { StoreClient } from './client.ts'
import { fromPg, UnfitServerError } from './failure.ts'

export interface ServerState {
  /** As `server_version_num` has it: 150004. */
  readonly version: number
  readonly versionName: string
  /** `UTF8` */
  readonly encoding: string
  /** A standby, or a session that may not write. */
  readonly isReadOnly: boolean
}

/** Whether a transaction that begins now may write; one that is under way may be a reading one. */
const SERVER_STATE = `
  SELECT current_setting('server_version_num')::int AS "version", current_setting('server_version') AS "versionName",
         current_setting('server_encoding') AS "encoding",
         pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on' AS "isReadOnly"`

/** Throws as `StoreClient.send`. */
export async function serverState({ send }: Pick<StoreClient, 'send'>): Promise<ServerState> {
  const [state] = (await send(SERVER_STATE)).rows as ServerState[]
  if (state === undefined) throw new TypeError('SELECT gave no row')
  return state
}

/** Which database a server keeps, among several that follow one another. */
export interface ServerIdentity {
  /** The same for a primary and all that were copied from it. */
  readonly system: string
  /** Raised whenever a standby becomes the primary; of a standby, the last one that it has made its own. */
  readonly timeline: number
  readonly takesWrites: boolean
}

/** Any login may ask it. The name of a primary's log has its timeline; its control file may have the former one still. */
const IDENTITY = `
  SELECT (SELECT system_identifier FROM pg_control_system())::text AS "system",
         CASE WHEN pg_is_in_recovery() THEN (SELECT timeline_id FROM pg_control_checkpoint())
              ELSE ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int END AS "timeline",
         NOT pg_is_in_recovery() AND current_setting('default_transaction_read_only') = 'off' AS "takesWrites"`

/** Throws as `StoreClient.send`. */
export async function identityOf({ send }: Pick<StoreClient, 'send'>): Promise<ServerIdentity> {
  const [identity] = (await send(IDENTITY)).rows as ServerIdentity[]
  if (identity === undefined) throw new TypeError('SELECT gave no row')
  return identity
}

/** Whether it speaks TLS, as a client asks first of all: https://www.postgresql.org/docs/current/protocol-message-formats.html. */
const SSL_REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])

/** Resolves when the server answers, which is no session of it. Throws `ConnectionError`, also after the abort. */
export async function knock(
  { host, port }: Pick<PostgresConfig, 'host' | 'port'>,
  signal: AbortSignal,
): Promise<void> {
  const place = host.startsWith('/') ? { path: `${host}/.s.PGSQL.${port}` } : { host, port }
  const socket = createConnection(place)
  try {
    socket.write(SSL_REQUEST)
    await once(socket, 'data', { signal })
  } catch (error) {
    throw fromPg(error)
  } finally {
    socket.destroy()
  }
}

const FIRST_VERSION = 130_000

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
