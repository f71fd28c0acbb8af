import { isIP } from 'node:net'
import { userInfo } from 'node:os'
import path from 'node:path'
import { domainToASCII } from 'node:url'
import { TLS_MODES } from '../../src-shared/contract/settings-models.ts'
import { isLoopback } from '../jira/loopback.ts'
import type { PostgresConfig, TlsMode } from './config.ts'
import type { PostgresParts, Refuse } from './postgres-address.ts'

export const DEFAULT_POSTGRES_PORT = 5432

/** DNS has no longer names, and no system longer names of sockets. */
const MAX_HOST_LENGTH = 255

/** PostgreSQL cuts longer names off (NAMEDATALEN), and so would take us to another database. */
export const MAX_NAME_BYTES = 63

/**
 * Checks a server as somebody wrote it down, and puts in what is left out: this machine, port 5432, the system
 * account's name, a database of the user's name, TLS with a checked certificate except on this machine. A relative CA
 * file is one of `folder`. Throws `refuse` of what is wrong.
 */
export function postgresConfig(parts: PostgresParts, folder: string, refuse: Refuse): PostgresConfig {
  for (const [name, value] of Object.entries(parts)) {
    if (hasControlCharacter(String(value)))
      throw refuse(`has a control character in its ${name}`, 'Take it out.')
  }
  const host = checkedHost(parts.host ?? 'localhost', refuse)
  const user = checkedName(parts.user ?? systemAccount(refuse), 'user', refuse)
  return {
    kind: 'postgres',
    host,
    port: checkedPort(parts.port, refuse),
    database: checkedName(parts.database ?? user, 'database', refuse),
    user,
    password: parts.password ?? null,
    ...checkedTls(parts, { host, folder }, refuse),
  }
}

/** Whether what is said to a host cannot be read on the way: a socket's folder, or this machine. */
export function isLocalHost(host: string): boolean {
  return host.startsWith('/') || isLoopback(host.includes(':') ? `[${host}]` : host)
}

/** A host's name or address, or the folder of a Unix socket. */
function checkedHost(text: string, refuse: Refuse): string {
  const host = text.replace(/^\[(.*)\]$/, '$1')
  if (host.length <= MAX_HOST_LENGTH && (host.startsWith('/') || isIP(host) === 6)) return host
  // An address that was put in whole would otherwise be cut at its first slash.
  const name = /[/?#\\,]/.test(host) ? '' : domainToASCII(host)
  if (name !== '' && name.length <= MAX_HOST_LENGTH) return name
  throw refuse(
    'has a host that is neither a name nor an address',
    'Give it alone, as db.example.com; for a Unix socket its folder, as /var/run/postgresql.',
  )
}

function checkedPort(text: string | undefined, refuse: Refuse): number {
  if (text === undefined) return DEFAULT_POSTGRES_PORT
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port >= 1 && port <= 65_535) return port
  throw refuse(
    'has a port that is no number from 1 to 65535',
    'Give the number alone; PostgreSQL’s own is 5432.',
  )
}

function checkedName(name: string, what: 'user' | 'database', refuse: Refuse): string {
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name
  throw refuse(`has a ${what} of more than ${MAX_NAME_BYTES} bytes`, 'PostgreSQL has no longer names.')
}

/** As psql does it. */
function systemAccount(refuse: Refuse): string {
  try {
    return userInfo().username
  } catch {
    throw refuse('names no user', 'Name one: this system has no name for the account that runs Jira TPM.')
  }
}

/**
 * As with libpq, a CA file turns `require` into `verify-ca`: whoever names one wants it looked at. Its `system` is what
 * we believe anyway, but then of the right name only: anybody can have a certificate of some name.
 * See https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-CONNECT-SSLROOTCERT.
 */
function checkedTls(
  { sslmode, sslrootcert }: PostgresParts,
  { host, folder }: { host: string; folder: string },
  refuse: Refuse,
): Pick<PostgresConfig, 'tls' | 'caFile'> {
  if (sslrootcert === undefined) {
    const tls =
      sslmode === undefined ? (isLocalHost(host) ? 'disable' : 'verify-full') : tlsMode(sslmode, refuse)
    return { tls, caFile: null }
  }
  const tls = sslmode === undefined ? 'verify-full' : tlsMode(sslmode, refuse)
  if (sslrootcert !== 'system') {
    return { tls: tls === 'require' ? 'verify-ca' : tls, caFile: path.resolve(folder, sslrootcert) }
  }
  if (tls === 'verify-full') return { tls, caFile: null }
  throw refuse(`has sslrootcert=system with sslmode=${tls}`, 'With system, give sslmode=verify-full or none.')
}

const OTHER_MODES: Readonly<Record<string, string>> = {
  prefer: 'It would go on in plain text where a server, or somebody on the way, refuses TLS. ',
  allow: 'It would go on in plain text where a server, or somebody on the way, asks for it. ',
}

function tlsMode(text: string, refuse: Refuse): TlsMode {
  const mode = TLS_MODES.find((known) => known === text)
  if (mode !== undefined) return mode
  throw refuse(
    `has an sslmode that Jira TPM does not have${/^[\w-]{1,20}$/.test(text) ? ` (${text})` : ''}`,
    `${OTHER_MODES[text] ?? ''}Give verify-full; require, where the certificate is nobody’s that you could check; or disable, for plain text in a network that you trust.`,
  )
}

function hasControlCharacter(text: string): boolean {
  return /\p{Cc}/u.test(text)
}
