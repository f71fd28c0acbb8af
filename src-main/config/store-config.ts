import path from 'node:path'
import { AppError, nothingOpened } from '../../src-shared/errors/app-error.ts'
import type { Config, PostgresConfig, SqliteConfig, StoreConfig } from './config.ts'
import { readSettings, type SettingsSources } from './environment.ts'
import {
  DEFAULT_POSTGRES_PORT,
  isPostgresAddress,
  MAX_NAME_BYTES,
  parsePostgresAddress,
  postgresConfig,
  serversOf,
  type PostgresAddressParts,
  type Refuse,
} from './postgres-config.ts'
import { lookUpIn, fixedBy, type FoundSetting, type Sources } from './look-up.ts'
import type { Variables } from './settings-table.ts'
import { isVaultUsed } from './vault-config.ts'

type ChosenStore = Pick<Config, 'store' | 'storeFixedBy'>

/**
 * Which store was chosen: `--store`, else DATABASE_URL, else PSQL_HOST and its like, else config.json, else the
 * workspace's own file. Throws `usage` (said by a person just now) or `not-configured` (set somewhere).
 */
export function chooseStore(sources: Sources): ChosenStore {
  const { variables, cwd } = sources
  const found = lookUpIn(sources)('store')
  const isSaid = found?.code === 'usage'
  const { store, storeFixedBy } =
    (isSaid ? null : environmentStore(variables, cwd)) ?? ofOtherPlaces(found, sources)
  // Who says a file just now means it without the environment's replica.
  if (store.kind === 'sqlite' && isSaid) return { store, storeFixedBy }
  return { store: withReplica(store, variables, cwd), storeFixedBy }
}

function ofOtherPlaces(found: FoundSetting | undefined, { variables, dataDir }: Sources): ChosenStore {
  const store = found === undefined ? workspaceStore(dataDir) : written(found, variables)
  return { store, storeFixedBy: fixedBy(found) }
}

/**
 * It with the standby that long reads go to, where one is named. Of what its address leaves out, database, user and role are the
 * primary's, and so is the login where it is the same user's.
 */
function withReplica(store: StoreConfig, { DATABASE_REPLICA_URL }: Variables, cwd: string): StoreConfig {
  if (DATABASE_REPLICA_URL === undefined) return store
  const refuse = refusal({ source: 'DATABASE_REPLICA_URL', code: 'not-configured' })
  if (store.kind === 'sqlite') {
    throw refuse(
      `is set, but tickets are kept in the file ${storeLabel(store)}, which no server follows`,
      'Set DATABASE_URL to its primary, too, or take it out.',
    )
  }
  if (!isPostgresAddress(DATABASE_REPLICA_URL))
    throw refuse('is no address of a PostgreSQL server', REPLICA_FORM)
  const { database, user, password, credentials, role } = store
  const parts = parsePostgresAddress(DATABASE_REPLICA_URL, refuse)
  const replica = postgresConfig({ database, user, ...parts }, cwd, refuse)
  if (replica.others !== undefined) throw refuse('names several servers', 'Name the one to read from.')
  const isOwn = replica.password !== null || replica.user !== user
  const login = isOwn ? {} : { password, ...(credentials !== undefined && { credentials }) }
  return { ...store, replica: { ...replica, ...login, ...(role !== undefined && { role }) } }
}

const REPLICA_FORM = 'A standby’s is postgres://user:password@host:port/database.'

/**
 * A PostgreSQL server that a command reads from, with the password that is known to be its: of the store that is set, or
 * of the environment. PSQL_PW alone belongs to the store, where that is a server. Throws `usage`, `not-configured`.
 */
export function otherServer(
  text: string,
  { store, ...sources }: SettingsSources & { readonly store: StoreConfig },
): PostgresConfig {
  const { cwd } = sources
  const found: FoundSetting = { value: text, source: 'What to import from', code: 'usage', folder: cwd }
  const config = storeConfig(found)
  if (config.kind === 'sqlite') throw refusal(found)('is no address of a PostgreSQL server', '')
  if (config.others !== undefined) throw refusal(found)('names several servers', 'Name the one to read from.')
  if (store.kind === 'postgres' && accountName(store) === accountName(config)) {
    const { password, credentials } = store
    return { ...config, password, ...(credentials === undefined ? {} : { credentials }) }
  }
  const { variables } = readSettings(sources)
  const { PSQL_PW: _, ...withoutPassword } = variables
  const isStores = store.kind === 'postgres' && variables.PSQL_HOST === undefined
  return {
    ...config,
    password: secretsFor(config, isStores ? withoutPassword : variables, cwd)?.password ?? null,
  }
}

/** A store without its password, and the one of the environment where that is its. */
function written(found: FoundSetting, variables: Variables): StoreConfig {
  const config = storeConfig(found)
  if (config.kind === 'sqlite') return config
  const its = secretsFor(config, variables, found.folder)
  return its === null ? config : withAccount({ ...config, password: its.password }, variables)
}

/**
 * How a server is logged in at that the environment's secrets are for: with its password, else with what Vault gives,
 * where a role of its is named; and as PSQL_ROLE, whose ever the tables are.
 */
function withAccount(
  config: PostgresConfig,
  { PSQL_ROLE, VAULT_DB_ROLE, ...rest }: Variables,
): PostgresConfig {
  const isVaults = isVaultUsed(rest) && VAULT_DB_ROLE !== undefined && config.password === null
  if (PSQL_ROLE !== undefined) refuseBadRole(PSQL_ROLE)
  return {
    ...config,
    ...(isVaults && { credentials: 'vault' as const }),
    ...(PSQL_ROLE !== undefined && { role: PSQL_ROLE }),
  }
}

function refuseBadRole(role: string): void {
  if (Buffer.byteLength(role) <= MAX_NAME_BYTES && !/\p{Cc}/u.test(role)) return
  throw nothingOpened(
    'not-configured',
    'PSQL_ROLE is no role’s name.',
    `PostgreSQL’s names have at most ${MAX_NAME_BYTES} bytes, and no control characters.`,
  )
}

/**
 * What the environment has for a server: what it has for the one which it names, if it is the same, as the same account;
 * where it names none, PSQL_PW is for whichever is used. It never goes to another: null.
 */
function secretsFor(
  config: PostgresConfig,
  variables: Variables,
  cwd: string,
): Pick<PostgresConfig, 'password'> | null {
  const { DATABASE_URL, PSQL_HOST, PSQL_PW = null } = variables
  if (DATABASE_URL === undefined && PSQL_HOST === undefined) return { password: PSQL_PW }
  try {
    const named = environmentStore(variables, cwd)?.store
    return named?.kind === 'postgres' && accountName(named) === accountName(config) ? named : null
  } catch (error) {
    if (error instanceof AppError) return null // it is not used, and belongs to nobody
    throw error
  }
}

function environmentStore(variables: Variables, cwd: string): ChosenStore | null {
  const { DATABASE_URL, PSQL_HOST, PSQL_PW } = variables
  if (DATABASE_URL !== undefined) {
    const refuse = refusal({ source: 'DATABASE_URL', code: 'not-configured' })
    if (!isPostgresAddress(DATABASE_URL)) throw refuse('is no address of a PostgreSQL server', FOREIGN_URL)
    const store = postgresConfig(parsePostgresAddress(DATABASE_URL, refuse), cwd, refuse)
    // PSQL_PW next to PSQL_HOST is that server's.
    const password = store.password ?? (PSQL_HOST === undefined ? (PSQL_PW ?? null) : null)
    const named = behindPooler({ ...store, password }, variables, cwd)
    return { store: withAccount(named, variables), storeFixedBy: 'DATABASE_URL' }
  }
  if (PSQL_HOST === undefined) {
    refuseLost(variables)
    return null
  }
  const refuse = refusal({ source: 'The server of PSQL_HOST', code: 'not-configured' })
  const store = behindPooler(postgresConfig(oldNames(variables), cwd, refuse), variables, cwd)
  return { store: withAccount(store, variables), storeFixedBy: 'PSQL_HOST' }
}

/** The server that DATABASE_DIRECT_URL names, with what is then its pooler; the latter as it is where that is not set. */
function behindPooler(
  pooler: PostgresConfig,
  { DATABASE_DIRECT_URL }: Variables,
  cwd: string,
): PostgresConfig {
  if (DATABASE_DIRECT_URL === undefined) return pooler
  const refuse = refusal({ source: 'DATABASE_DIRECT_URL', code: 'not-configured' })
  if (!isPostgresAddress(DATABASE_DIRECT_URL))
    throw refuse('is no address of a PostgreSQL server', 'It is postgres://host:port/database.')
  if (pooler.others !== undefined)
    throw refuse(
      'is set, and so are several hosts of a pooler',
      'Name one host of the pooler; of the servers, all.',
    )
  const { user, host, port, database, tls, caFile } = pooler
  const parts = parsePostgresAddress(DATABASE_DIRECT_URL, refuse)
  const server = postgresConfig({ user, database, ...parts }, cwd, refuse)
  const password = pooler.password ?? server.password
  if (server.user !== user || (server.password ?? password) !== password)
    throw refuse(
      'has another user or password than the pooler’s address',
      'Leave both out, or give the same.',
    )
  return { ...server, password, pooler: { host, port, database, tls, caFile } }
}

const FOREIGN_URL =
  'It may be another program’s: take it out of the environment (or of .env) for Jira TPM, or say --store sqlite:FILE. PostgreSQL’s is postgres://user:password@host:port/database.'

/**
 * The first program's variables, and more for TLS: the compose files name their own database's host as private, and so
 * say nothing of another that is set in its place.
 */
function oldNames(variables: Variables): PostgresAddressParts {
  const { PSQL_HOST, PSQL_PORT, PSQL_DB, PSQL_USER, PSQL_PW, PSQL_SSLMODE, PSQL_CA_FILE } = variables
  const isPrivate = PSQL_HOST === variables.PSQL_PRIVATE_HOST && PSQL_CA_FILE === undefined
  const parts = {
    host: PSQL_HOST,
    port: PSQL_PORT,
    database: PSQL_DB,
    user: PSQL_USER,
    password: PSQL_PW,
    sslmode: PSQL_SSLMODE ?? (isPrivate ? 'disable' : undefined),
    sslrootcert: PSQL_CA_FILE,
  }
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined))
}

/** One of these without a host asks for a PostgreSQL server and would get a file. */
function refuseLost(variables: Variables): void {
  if (variables.DATABASE_DIRECT_URL !== undefined)
    throw nothingOpened(
      'not-configured',
      'DATABASE_DIRECT_URL is set, but DATABASE_URL is not.',
      'Set DATABASE_URL to the address of the pooler; without a pooler it is the address of the server.',
    )
  const lost = (['PSQL_PORT', 'PSQL_DB', 'PSQL_USER', 'PSQL_SSLMODE', 'PSQL_CA_FILE'] as const).find(
    (name) => variables[name] !== undefined,
  )
  if (lost === undefined) return
  throw nothingOpened(
    'not-configured',
    `${lost} is set, but PSQL_HOST is not.`,
    `Set PSQL_HOST too (localhost for this machine), or take ${lost} out.`,
  )
}

/** Throws as `chooseStore`. `none` is there to undo what config.json says. */
export function chooseFallback(sources: Sources): Config['fallback'] {
  const { value = 'none', source, code = 'usage' } = lookUpIn(sources)('fallback') ?? {}
  if (value === 'sqlite' || value === 'none') return value === 'none' ? null : value
  throw nothingOpened(
    code,
    `${source} takes sqlite or none, not "${value}".`,
    'With sqlite, a file of the data folder is used while the PostgreSQL server is out of reach.',
  )
}

/** The file that a workspace keeps its tickets in where no other store was chosen, or where it stands in for one. */
export function workspaceStore(dataDir: string): SqliteConfig {
  return { kind: 'sqlite', file: path.join(dataDir, 'tpm.sqlite') }
}

/**
 * Reads a store as it is written in `--store` and config.json, where everybody can see it: without a password. Throws
 * `usage` (said by a person just now) or `not-configured` (set somewhere).
 */
export function storeConfig(found: FoundSetting): StoreConfig {
  const { value: text, folder, isKept } = found
  const refuse = refusal(found)
  if (isPostgresAddress(text)) {
    const config = postgresConfig(parsePostgresAddress(text, refuse), folder, refuse)
    if (config.password === null) return config
    throw isKept
      ? refuse('holds a password, and that file is plain text', OTHER_PLACES)
      : refuse(
          'holds a password, which every process on this machine can read there',
          `${OTHER_PLACES} Change it, if others use this machine.`,
        )
  }
  const name = /^sqlite:(.+)$/.exec(text)?.[1]
  if (name !== undefined) return { kind: 'sqlite', file: path.resolve(folder, name) }
  throw refuse('is not a store that Jira TPM knows', FORMS)
}

/** What is wrong with a store that was said there, as an AppError. */
export function refusal({ source, code }: Pick<FoundSetting, 'source' | 'code'>): Refuse {
  return (problem, hint) => nothingOpened(code, `${source} ${problem}.`, hint)
}

const FORMS =
  'Give sqlite:FILE, as sqlite:/home/me/tickets.sqlite, or postgres://user@host:port/database for a PostgreSQL server.'

const OTHER_PLACES =
  'Take it out: jira-tpm use-store asks for it and keeps it in the keychain; PSQL_PW or DATABASE_URL in the environment or in .env may hold it.'

/** A PostgreSQL database as one of an account: what a password belongs to. */
export type PostgresAccount = Pick<PostgresConfig, 'host' | 'port' | 'others' | 'database' | 'user'>

/** What a store is called to a person: `tpm.sqlite`, `db.example.com/jira_tpm`. */
export function storeLabel(config: SqliteConfig | Omit<PostgresConfig, 'password'>): string {
  if (config.kind === 'sqlite') return path.basename(config.file)
  return `${serversLabel(config, ',')}/${config.database}`
}

/** Its servers as a person reads them, and fills them in. */
export function serversLabel(
  servers: Pick<PostgresConfig, 'host' | 'port' | 'others'>,
  comma = ', ',
): string {
  const labels = serversOf(servers).map(({ host, port }) =>
    serverLabel(host, port === DEFAULT_POSTGRES_PORT ? null : port),
  )
  return labels.join(comma)
}

/** A host, with its port where one is given: an IPv6 address is in brackets. */
export function serverLabel(host: string, port: number | null): string {
  return `${host.includes(':') ? `[${host}]` : host}${port === null ? '' : `:${port}`}`
}

/** `me@db.example.com:5432/jira_tpm`, each part encoded: two are equal only for the same account of the same database. */
export function accountName({ database, user, ...servers }: PostgresAccount): string {
  const places = serversOf(servers).map(({ host, port }) =>
    serverLabel(host.startsWith('/') ? encodeURIComponent(host) : host.replaceAll('%', '%25'), port),
  )
  return `${encodeURIComponent(user)}@${places.join(',')}/${encodeURIComponent(database)}`
}

/** A store as config.json and `--store` have it: all of it but the password. */
export function storeText(config: StoreConfig): string {
  if (config.kind === 'sqlite') return `sqlite:${config.file}`
  const { tls, caFile } = config
  const rootCert = caFile === null ? '' : `&sslrootcert=${encodeURIComponent(caFile)}`
  return `postgres://${accountName(config)}?sslmode=${tls}${rootCert}`
}
