import { AppError } from '../../src-shared/errors/app-error.ts'

/** A PostgreSQL server as somebody wrote it down: unchecked texts. What is absent is left to the defaults. */
export interface PostgresParts {
  readonly host?: string
  readonly port?: string
  readonly database?: string
  readonly user?: string
  readonly password?: string
  readonly sslmode?: string
  readonly sslrootcert?: string
}

/** The parameters that may follow the `?`, as libpq names them, and what we call them. */
const PARAMETERS: Readonly<Record<string, keyof PostgresParts>> = {
  host: 'host',
  port: 'port',
  dbname: 'database',
  user: 'user',
  password: 'password',
  sslmode: 'sslmode',
  sslrootcert: 'sslrootcert',
}

const ADDRESS = /^postgres(?:ql)?:\/\/(?<authority>[^/?]*)(?:\/(?<database>[^?]*))?(?:\?(?<query>.*))?$/is
const HOST_AND_PORT = /^(?:\[(?<ipv6>[^[\]]*)\]|(?<host>[^:[\]]*))(?::(?<port>\d*))?$/

/** Whether the text begins as a PostgreSQL address does. */
export function isPostgresAddress(text: string): boolean {
  return /^postgres(ql)?:/i.test(text)
}

/**
 * Takes an address `postgres://user:password@host:port/database?sslmode=…` apart, as libpq does
 * (https://www.postgresql.org/docs/18/libpq-connect.html#LIBPQ-CONNSTRING-URIS). Throws `refuse` of what is wrong with
 * it, which never repeats a part of it that could be of a password.
 */
export function parsePostgresAddress(text: string, refuse: Refuse): PostgresParts {
  const { authority = '', database, query } = ADDRESS.exec(text)?.groups ?? {}
  // An @ or a # of a password that was not encoded would cut it in two, and show its half as something else.
  if (!ADDRESS.test(text) || text.includes('#') || `${database ?? ''}${query ?? ''}`.includes('@')) {
    throw refuse('is not of the form postgres://user@host:port/database', ENCODE)
  }
  const at = authority.lastIndexOf('@')
  const [user, password] = split(at === -1 ? '' : authority.slice(0, at), ':')
  const server = authority.slice(at + 1)
  if (server.includes(',')) throw refuse('names several servers', 'Give the one that takes writes.')
  const place = HOST_AND_PORT.exec(server)?.groups
  if (place === undefined) {
    throw refuse('has no host and port that can be read', `Write an IPv6 address as [::1]. ${ENCODE}`)
  }
  const parts = new Map<keyof PostgresParts, string>()
  const add = (name: keyof PostgresParts, encoded: string | undefined): void => {
    if (encoded === undefined || encoded === '') return
    if (parts.has(name)) throw refuse(`says its ${name} twice`, 'Say it once.')
    parts.set(name, decoded(encoded, refuse))
  }
  add('user', user)
  add('password', password)
  add('host', place['ipv6'] ?? place['host'])
  add('port', place['port'])
  add('database', database)
  for (const parameter of (query ?? '').split('&')) {
    if (parameter === '') continue
    const [name, value] = split(parameter, '=')
    add(parameterName(name, refuse), value)
  }
  return Object.fromEntries(parts)
}

/** Makes the error for a problem (completes "DATABASE_URL …") and what to do about it. */
export type Refuse = (problem: string, hint: string) => AppError

const ENCODE = 'Write @ : / ? # % and spaces of a name or a password as %40 %3A %2F %3F %23 %25 %20.'

function parameterName(name: string, refuse: Refuse): keyof PostgresParts {
  const ours = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined
  if (ours !== undefined) return ours
  throw refuse(
    /^\w{1,40}$/.test(name)
      ? `has the parameter ${name}, which Jira TPM does not know`
      : 'has a parameter that Jira TPM does not know',
    `Leave it out. There are ${Object.keys(PARAMETERS).join(', ')}.`,
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
