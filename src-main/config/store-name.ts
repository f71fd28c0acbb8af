import path from 'node:path'
import type { PostgresConfig, SqliteConfig, StoreConfig } from './config.ts'
import { DEFAULT_POSTGRES_PORT } from './postgres-config.ts'

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
