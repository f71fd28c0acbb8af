import { isIP } from 'node:net'
import { userInfo } from 'node:os'
import path from 'node:path'
import { domainToASCII } from 'node:url'
import { TLS_MODES } from '../../src-shared/contract/store.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { isLoopback } from '../jira/site-url.ts'
import type { PostgresConfig, PostgresServer, TlsMode } from './config.ts'

/** The parameters that may follow the `?`, as libpq names them, and what we call them. */
const PARAMETERS = {
  host: 'host',
  port: 'port',
  dbname: 'database',
  user: 'user',
  password: 'password',
  sslmode: 'sslmode',
  sslrootcert: 'sslrootcert',
} as const

/**
 * A PostgreSQL server as somebody wrote it down: unchecked texts. What is absent is left to the defaults. Several hosts have
 * commas between them, and so have their ports, as with libpq; one port is that of all.
 */
export type PostgresAddressParts = { readonly [P in (typeof PARAMETERS)[keyof typeof PARAMETERS]]?: string }

const ADDRESS = /^postgres(?:ql)?:\/\/(?<authority>[^/?]*)(?:\/(?<database>[^?]*))?(?:\?(?<query>.*))?$/is
const HOST_AND_PORT = /^(?:\[(?<ipv6>[^[\]]*)\]|(?<host>[^:[\]]*))(?::(?<port>\d*))?$/
const ENCODE = 'Write @ : / ? # % and spaces of a name or a password as %40 %3A %2F %3F %23 %25 %20.'

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
export function postgresConfig(parts: PostgresAddressParts, folder: string, refuse: Refuse): PostgresConfig {
  for (const [name, value] of Object.entries(parts)) {
    if (hasControlCharacter(value)) throw refuse(`has a control character in its ${name}`, 'Take it out.')
  }
  const servers = checkedServers(parts, refuse)
  const user = checkedName(parts.user ?? systemAccount(refuse), 'user', refuse)
  return {
    kind: 'postgres',
    ...servers,
    database: checkedName(parts.database ?? user, 'database', refuse),
    user,
    password: parts.password ?? null,
    ...checkedTls(parts, { isHere: isLocal(servers), folder }, refuse),
  }
}

/** All servers that it names, in their order. */
export function serversOf({ host, port, others = [] }: Servers): PostgresServer[] {
  return [{ host, port }, ...others]
}

type Servers = Pick<PostgresConfig, 'host' | 'port' | 'others'>

/** It with that one of its servers alone. */
export function withServer(config: PostgresConfig, server: PostgresServer): PostgresConfig {
  const { others: _, ...alone } = config
  return { ...alone, ...server }
}

/** Whether what is said to its servers cannot be read on the way: by a socket's folder, or on this machine. */
export function isLocal(servers: Servers): boolean {
  return serversOf(servers).every(
    ({ host }) => host.startsWith('/') || isLoopback(host.includes(':') ? `[${host}]` : host),
  )
}

/**
 * Hosts as a person fills them in, `a, b:5433`, and the port of those that say none, as parts of an address. One host
 * alone is taken as it is.
 */
export function partsOfHosts(text: string, port: number): Pick<PostgresAddressParts, 'host' | 'port'> {
  if (!text.includes(',')) return { host: text.trim(), port: String(port) }
  const servers = text.split(',').map((one) => HOST_AND_PORT.exec(one.trim())?.groups ?? { host: one.trim() })
  return {
    host: servers.map(({ ipv6, host = '' }) => ipv6 ?? host).join(','),
    port: servers.map(({ port: own }) => own || port).join(','),
  }
}

function checkedServers({ host = 'localhost', port = '' }: PostgresAddressParts, refuse: Refuse): Servers {
  const hosts = host.split(',')
  const ports = port.split(',')
  if (ports.length !== 1 && ports.length !== hosts.length) {
    throw refuse('has another number of ports than of hosts', 'Give one port for all hosts, or one for each.')
  }
  const [first, ...others] = hosts.map((name, n) => ({
    host: checkedHost(name, refuse),
    port: checkedPort(ports[n] ?? port, refuse),
  })) as [PostgresServer, ...PostgresServer[]]
  const named = new Set([first, ...others].map((one) => `${one.port} ${one.host}`))
  if (named.size < hosts.length) throw refuse('names a server twice', 'Name each once.')
  return others.length === 0 ? first : { ...first, others }
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

function checkedPort(text: string, refuse: Refuse): number {
  if (text === '') return DEFAULT_POSTGRES_PORT
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
 * As with libpq, a CA file turns `require` into `verify-ca`: a named CA is meant to be checked. Its `system` is what
 * we believe anyway, but then of the right name only: anybody can have a certificate of some name.
 * See https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-CONNECT-SSLROOTCERT.
 */
function checkedTls(
  { sslmode, sslrootcert }: PostgresAddressParts,
  { isHere, folder }: { isHere: boolean; folder: string },
  refuse: Refuse,
): Pick<PostgresConfig, 'tls' | 'caFile'> {
  if (sslrootcert === undefined) {
    const tls = sslmode === undefined ? (isHere ? 'disable' : 'verify-full') : tlsMode(sslmode, refuse)
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

/** Whether the text begins as a PostgreSQL address does. */
export function isPostgresAddress(text: string): boolean {
  return /^postgres(ql)?:/i.test(text)
}

/**
 * Takes an address `postgres://user:password@host:port/database?sslmode=…` apart, as libpq does
 * (https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-CONNSTRING-URIS). Throws `refuse` of what is wrong with
 * it, which never repeats a part of it that could be of a password.
 */
export function parsePostgresAddress(text: string, refuse: Refuse): PostgresAddressParts {
  const { authority = '', database, query } = ADDRESS.exec(text)?.groups ?? {}
  // An @ or a # of a password that was not encoded would cut it in two, and show its half as something else.
  if (!ADDRESS.test(text) || text.includes('#') || `${database ?? ''}${query ?? ''}`.includes('@')) {
    throw refuse('is not of the form postgres://user@host:port/database', ENCODE)
  }
  const at = authority.lastIndexOf('@')
  const [user, password] = split(at === -1 ? '' : authority.slice(0, at), ':')
  const servers = authority.slice(at + 1).split(',')
  const places = servers.map((server) => {
    const place = HOST_AND_PORT.exec(server)?.groups
    if (place !== undefined) return { host: place['ipv6'] ?? place['host'] ?? '', port: place['port'] ?? '' }
    throw refuse('has no host and port that can be read', `Write an IPv6 address as [::1]. ${ENCODE}`)
  })
  const parts = new Map<keyof PostgresAddressParts, string>()
  const add = (name: keyof PostgresAddressParts, encoded: string | undefined): void => {
    if (encoded === undefined || encoded === '') return
    if (parts.has(name)) throw refuse(`says its ${name} twice`, 'Say it once.')
    parts.set(name, decoded(encoded, refuse))
  }
  add('user', user)
  add('password', password)
  add('host', places.map(({ host }) => host).join(','))
  add('port', places.some(({ port }) => port !== '') ? places.map(({ port }) => port).join(',') : '')
  add('database', database)
  for (const parameter of (query ?? '').split('&')) {
    if (parameter === '') continue
    const [name, value] = split(parameter, '=')
    if (name === SESSION) refuseReaders(value, refuse)
    else if (name === 'pgbouncer') continue // Prisma’s word for what is found out here
    else add(parameterName(name, refuse), value)
  }
  return Object.fromEntries(parts)
}

/** Makes the error for a problem (completes "DATABASE_URL …") and what to do about it. */
export type Refuse = (problem: string, hint: string) => AppError

/** libpq's way to say which of several servers is meant: that which takes writes, which is the only one for us. */
const SESSION = 'target_session_attrs'

function refuseReaders(value: string | undefined, refuse: Refuse): void {
  if (value === 'read-write' || value === 'primary') return
  throw refuse(
    `asks by ${SESSION} for a server that may take no writes`,
    'Leave it out, or say read-write: of several servers Jira TPM takes the one that takes writes.',
  )
}

function parameterName(name: string, refuse: Refuse): keyof PostgresAddressParts {
  if (Object.hasOwn(PARAMETERS, name)) return PARAMETERS[name as keyof typeof PARAMETERS]
  throw refuse(
    /^\w{1,40}$/.test(name)
      ? `has the parameter ${name}, which Jira TPM does not know`
      : 'has a parameter that Jira TPM does not know',
    `Leave it out. There are ${Object.keys(PARAMETERS).join(', ')}, ${SESSION}.`,
  )
}

/** At the first separator; without one, all of it is the first. */
function split(text: string, separator: string): [string, string | undefined] {
  const index = text.indexOf(separator)
  return index === -1 ? [text, undefined] : [text.slice(0, index), text.slice(index + 1)]
}

function decoded(text: string, refuse: Refuse): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw refuse('has a % that encodes nothing', ENCODE)
  }
}
