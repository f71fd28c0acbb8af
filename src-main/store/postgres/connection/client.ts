import type { ConnectionOptions } from 'node:tls'
import { Client, DatabaseError, type QueryConfig, type QueryResult } from 'pg'
import type { PostgresConfig } from '../../../config/config.ts'
import { createTrust } from '../../../jira/network/network.ts'
import { hideSecrets } from '../../../secrets/hide-secrets.ts'
import type { Login } from './credentials.ts'
import { codeOf, fromPg, isAnswer, isFault, ServerFailure, UnfitServerError } from './failure.ts'
import { byTransaction, refuseElsewhere } from './pooler.ts'
import { VALUE_PARSERS } from './values.ts'

export const CONNECT_MS = 5_000
const KEEP_ALIVE_MS = 10_000
const STATEMENT_MS = 30_000
const LOCK_MS = 10_000
/** An instance that vanished in the middle of a transaction, without a word, keeps its locks for so long. */
const IDLE_IN_TRANSACTION_MS = 5_000
/** When we give up on an answer ourselves. The server does so before, where it is able to. */
const ANSWER_MS = STATEMENT_MS + 5_000
/** Our tables have a schema of their own, so that they can share a database. */
export const SCHEMA = 'jira_tpm'

/** Nothing else is looked into, and temporary tables last: they would come first where they are not named. */
export const SEARCH_PATH = `${SCHEMA}, pg_temp`

const SETTINGS = [
  `SET search_path = ${SEARCH_PATH}`,
  `SET statement_timeout = ${STATEMENT_MS}`,
  `SET lock_timeout = ${LOCK_MS}`,
  `SET idle_in_transaction_session_timeout = ${IDLE_IN_TRANSACTION_MS}`,
  // A slot that is claimed is sent: a claim that a crash of the server forgets would be sent again.
  `SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`,
  // Every list is read in the order of an index; a bitmap would read all of it first and sort.
  'SET enable_bitmapscan = off',
  // Each plan is for the parameters at hand: one for any would read all of a site to find the last of its changes.
  'SET plan_cache_mode = force_custom_plan',
  // To compile a statement takes longer than any of ours.
  'SET jit = off',
  // Lists are sent with NULL among them.
  'SET array_nulls = on',
]

/**
 * The first thing on each new connection. They are statements and no startup parameters, since PgBouncer refuses those.
 * Those of TCP have the server notice within some ten seconds that this machine is gone, instead of after hours: it lets
 * go of our locks and connections then. Only Linux knows the last one; other servers would log that they do not.
 */
export const SESSION_SETTINGS = [
  ...SETTINGS,
  'SET tcp_keepalives_idle = 5',
  'SET tcp_keepalives_interval = 2',
  'SET tcp_keepalives_count = 3',
  `SELECT set_config('tcp_user_timeout', '10s', false) WHERE version() LIKE '%linux%'`,
].join('; ')

/** The first thing in each transaction that a pooler gives a session of others, who are to have it back as it was. */
const LOCAL_SETTINGS = SETTINGS.join('; ').replaceAll('SET ', 'SET LOCAL ').replaceAll(', false)', ', true)')

/** Sends a statement without waiting for those before it, and gives the last result of its text. */
export type SendStatement = (
  sql: string,
  params?: readonly unknown[],
  answerMs?: number,
) => Promise<QueryResult>

export type ClientWork<T> = (send: SendStatement) => Promise<T>

export interface ClientParts {
  readonly config: PostgresConfig
  /** The configuration's own where absent. */
  readonly login?: Login
  readonly ssl: ConnectionOptions | false
  /** How long to wait for an answer where a statement does not say. */
  readonly answerMs?: number | undefined
  /** It goes by a pooler that gives each transaction another session, to the server of that `fenceOf`. Absent: it has one. */
  readonly fence?: (() => string) | undefined
}

/**
 * One connection to a server. Everything is said explicitly, so that nothing of the environment (PGPASSWORD, PGOPTIONS, a
 * .pgpass file …) has a say.
 */
export class StoreClient extends Client {
  /** What broke it: it is not lent again then. */
  brokenBy: unknown = null
  /** It is lent to some work. */
  isAtWork = false
  /** Throws what the server says, `ConnectionError`; by a pooler as `byTransaction`. */
  readonly send: SendStatement
  readonly #config: PostgresConfig
  readonly #isPooled: boolean

  constructor({ config, login = config, ssl, answerMs = ANSWER_MS, fence }: ClientParts) {
    super({
      host: config.host,
      port: config.port,
      database: config.database,
      user: login.user,
      // A function, asked only where the server wants one: null would send pg to other sources.
      password: () => login.password ?? Promise.reject(new ServerFailure('no-password')),
      ssl,
      sslnegotiation: 'postgres',
      application_name: 'jira-tpm',
      client_encoding: 'UTF8',
      keepAlive: true,
      keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: answerMs,
      types: VALUE_PARSERS,
      pipeline: true,
    })
    this.#config = config
    this.#isPooled = fence !== undefined
    this.send =
      fence === undefined
        ? this.#send
        : byTransaction(
            this.#send,
            () => `${LOCAL_SETTINGS}; ${refuseElsewhere(fence())}${takeRole(config, 'LOCAL ')}`,
          )
    // pg takes these two from the environment, and has no way to say that there are none.
    const { connectionParameters } = this as unknown as { connectionParameters: Record<string, unknown> }
    connectionParameters['options'] = undefined
    connectionParameters['replication'] = undefined
    this.connection.prependListener('errorMessage', hideSecretsIn)
    // pg-pool leaves a client that it hands out without a listener for errors: one would end the process.
    this.on('error', (error) => this.#break(error))
    this.connection.stream.on('error', () => {}) // pg listens from when it connects on
  }

  /** Connects, and begins the session, once `isFit` has resolved. Throws what the server says, `ConnectionError`, and as these. */
  async open(isFit?: () => Promise<void>): Promise<void> {
    try {
      await this.connect()
      await isFit?.()
      await this.begin()
    } catch (error) {
      this.cut()
      throw fromPg(error)
    }
  }

  /**
   * The first thing on each new connection: our settings, and the role whose the tables are. Users that Vault makes are
   * gone in an hour; what one of them makes as that role, the next one has too. Throws what the server says, and
   * `UnfitServerError` where there is no such role.
   */
  async begin(): Promise<void> {
    if (this.#isPooled) return
    const { role, user } = this.#config
    try {
      await this.query(SESSION_SETTINGS + takeRole(this.#config))
    } catch (error) {
      throw roleProblem(error as DatabaseError, role, user) ?? error
    }
  }

  readonly #send: SendStatement = async (sql, params, answerMs) => {
    try {
      // The types know no time-out of a single statement.
      const statement: object = {
        name: this.#isPooled ? undefined : preparedName(sql, params),
        text: sql,
        values: params,
        query_timeout: answerMs,
      }
      return lastOf(await this.query(statement as QueryConfig))
    } catch (error) {
      if (isOutdated(error)) this.#break(error)
      if (isAnswer(error) || isFault(error)) throw error
      this.#break(error)
      throw this.brokenBy // what came first says why
    }
  }

  /** Lends it to a work. Where its state is not known after that, it is broken, and cut. */
  async lend<T>(work: ClientWork<T>): Promise<T> {
    this.isAtWork = true
    try {
      return await work(this.send)
    } finally {
      this.isAtWork = false
      if (this.getTransactionStatus() !== 'I') this.#break(new Error('The work left its transaction open'))
      if (this.brokenBy !== null) this.cut()
    }
  }

  /** Cuts the connection, which may be stalled. What waits for an answer on it fails with `error`. */
  cut(error?: Error): void {
    this.connection.stream.destroy(error)
  }

  #break(error: unknown): void {
    this.brokenBy ??= fromPg(error)
  }
}

function takeRole({ role }: PostgresConfig, local = ''): string {
  return role === undefined ? '' : `; SET ${local}ROLE ${quotedAlways(role)}`
}

const names = new Map<string, string>()

/**
 * The name under which each connection prepares a statement at its first use, so that its text is parsed once. One
 * without parameters has none: its text may hold several.
 */
function preparedName(sql: string, params: readonly unknown[] | undefined): string | undefined {
  if (params === undefined) return undefined
  const name = names.get(sql) ?? `jira_tpm_${names.size + 1}`
  names.set(sql, name)
  return name
}

/** pg gives a text of several statements as a list of results. */
function lastOf(result: QueryResult | QueryResult[]): QueryResult {
  return Array.isArray(result) ? (result.at(-1) as QueryResult) : result
}

/** What was prepared gives other types by now, since a newer version has changed a table: it must be prepared anew. */
function isOutdated(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '0A000'
}

/** A server may say back what it was sent, and its words are shown to the person. */
function hideSecretsIn(error: DatabaseError): void {
  error.message = hideSecrets(error.message)
  for (const [field, said] of Object.entries(error)) {
    if (typeof said === 'string') Object.assign(error, { [field]: hideSecrets(said) })
  }
}

/**
 * How pg makes a connection secret; false: not at all. The name that the certificate is checked against, and that the
 * server receives (SNI), is the host's; pg sets it. Throws `not-configured` where the CA file is none of certificates.
 */
export function tlsOptions(config: Pick<PostgresConfig, 'tls' | 'caFile'>): ConnectionOptions | false {
  const { tls, caFile } = config
  if (tls === 'disable') return false
  if (tls === 'require') return { rejectUnauthorized: false }
  const secureContext = createTrust(caFile)
  return tls === 'verify-ca' ? { secureContext, checkServerIdentity: () => undefined } : { secureContext }
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html: invalid_parameter_value, insufficient_privilege. */
function roleProblem(error: DatabaseError, role: string | undefined, user: string): UnfitServerError | null {
  if (role === undefined || !error.message.includes(role)) return null
  const made = `GRANT ${quoted(role)} TO ${quoted(user)};`
  switch (codeOf(error)) {
    case '22023':
      return new UnfitServerError(
        `has no role ${role}, which PSQL_ROLE names`,
        `Check its name, or have it made: CREATE ROLE ${quoted(role)} NOLOGIN;`,
      )
    case '42501':
      return new UnfitServerError(
        `does not let its user take on the role ${role}, which PSQL_ROLE names`,
        `Have the user made a member of it, with Vault in the creation statements of its role: ${made}`,
      )
    default:
      return null
  }
}

/** Where a name stands for itself alone, as `SET ROLE none` would not. */
function quotedAlways(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A name as SQL has it. */
export function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : quotedAlways(name)
}
