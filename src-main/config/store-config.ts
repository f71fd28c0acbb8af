import path from 'node:path'
import { nothingOpened } from '../../src-shared/errors/app-error.ts'
import type { PostgresConfig, SqliteConfig, StoreConfig } from './config.ts'
import {
  DEFAULT_POSTGRES_PORT,
  isPostgresAddress,
  parsePostgresAddress,
  postgresConfig,
  type Refuse,
} from './postgres-config.ts'

/** Where it was said: a wrong flag is a wrong command, a wrong variable a wrong set-up. */
export type StoreSource =
  | '--store'
  | 'DATABASE_URL'
  | 'PSQL_HOST'
  | 'config.json'
  | 'use-store'
  | 'settings'
  | 'import'

/** The file that a workspace keeps its tickets in where nobody chose another store, or where it stands in for one. */
export function workspaceStore(dataDir: string): SqliteConfig {
  return { kind: 'sqlite', file: path.join(dataDir, 'tpm.sqlite') }
}

/**
 * Reads a store as it is written in `--store` and config.json, where everybody can see it: without a password. A
 * relative file is one of `folder`. Throws `usage` (said by a person just now) or `not-configured` (set somewhere).
 */
export function storeConfig(text: string, source: StoreSource, folder: string): StoreConfig {
  const refuse = refusal(source)
  if (isPostgresAddress(text)) {
    const config = postgresConfig(parsePostgresAddress(text, refuse), folder, refuse)
    if (config.password === null) return config
    throw source === 'config.json'
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
export function refusal(source: StoreSource): Refuse {
  const { code, subject } = SOURCES[source]
  return (problem, hint) => nothingOpened(code, `${subject} ${problem}.`, hint)
}

const FORMS =
  'Give sqlite:FILE, as sqlite:/home/me/tickets.sqlite, or postgres://user@host:port/database for a PostgreSQL server.'

const SOURCES = {
  '--store': { code: 'usage', subject: '--store' },
  DATABASE_URL: { code: 'not-configured', subject: 'DATABASE_URL' },
  PSQL_HOST: { code: 'not-configured', subject: 'The server of PSQL_HOST' },
  'config.json': { code: 'not-configured', subject: '"store" in config.json' },
  'use-store': { code: 'usage', subject: 'The store' },
  settings: { code: 'usage', subject: 'The server' },
  import: { code: 'usage', subject: 'What to import from' },
} as const satisfies Record<StoreSource, { code: 'usage' | 'not-configured'; subject: string }>

const OTHER_PLACES =
  'Take it out: jira-tpm use-store asks for it and keeps it in the keychain; PSQL_PW or DATABASE_URL in the environment or in .env may hold it.'

/** A PostgreSQL database as one of an account: what a password belongs to. */
export type PostgresAccount = Pick<PostgresConfig, 'host' | 'port' | 'database' | 'user'>

/** What a store is called to a person: `tpm.sqlite`, `db.example.com/jira_tpm`. */
export function storeLabel(config: SqliteConfig | Omit<PostgresConfig, 'password'>): string {
  if (config.kind === 'sqlite') return path.basename(config.file)
  const { host, port, database } = config
  return `${serverLabel(host, port === DEFAULT_POSTGRES_PORT ? null : port)}/${database}`
}

/** A host, with its port where one is given: an IPv6 address is in brackets. */
export function serverLabel(host: string, port: number | null): string {
  return `${host.includes(':') ? `[${host}]` : host}${port === null ? '' : `:${port}`}`
}

/** `me@db.example.com:5432/jira_tpm`, each part encoded: two are equal only for the same account of the same database. */
export function accountName({ host, port, database, user }: PostgresAccount): string {
  const encodedHost = host.startsWith('/') ? encodeURIComponent(host) : host.replaceAll('%', '%25')
  return `${encodeURIComponent(user)}@${serverLabel(encodedHost, port)}/${encodeURIComponent(database)}`
}

/** A store as config.json and `--store` have it: all of it but the password. */
export function storeText(config: StoreConfig): string {
  if (config.kind === 'sqlite') return `sqlite:${config.file}`
  const { tls, caFile } = config
  const rootCert = caFile === null ? '' : `&sslrootcert=${encodeURIComponent(caFile)}`
  return `postgres://${accountName(config)}?sslmode=${tls}${rootCert}`
}
