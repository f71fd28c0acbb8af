import { DatabaseError } from 'pg'
import { AppError } from '../../../../src-shared/errors/app-error.ts'
import type { PostgresConfig } from '../../../config/config.ts'
import { storeLabel } from '../../../config/store-config.ts'
import { certificateProblem } from '../../../jira/connection-error.ts'
import { CONNECT_MS, quoted } from './client.ts'
import {
  codeOf,
  ConnectionError,
  NO_TLS,
  NoAnswerError,
  NoPasswordError,
  UnfitServerError,
} from './failure.ts'

export const NOTHING_DONE = 'Nothing was read or stored; what was there before is safe.'
const UNTIL_BACK = 'Nothing can be read or stored until it is back; what was stored before is safe.'
/** A command that makes one call has ended by then. */
const GOES_ON = 'While it is open, Jira TPM goes on by itself as soon as the server answers.'

const ADDRESS = `Check its address and port, and that it runs. ${GOES_ON}`

const NETWORK = `Check the network, and a VPN where one is needed. ${GOES_ON}`

const SERVER = `Look after that server if it goes on. ${GOES_ON}`

/** What the network or the server said, as it continues "PostgreSQL at …", and what to do. */
const REASONS: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  ECONNREFUSED: ['cannot be reached: nothing answers at that address', ADDRESS],
  ENOTFOUND: ['cannot be reached: its name is not known', ADDRESS],
  ENOENT: ['cannot be reached: there is no such socket', ADDRESS],
  EAI_AGAIN: ['cannot be reached: names cannot be looked up now', NETWORK],
  ETIMEDOUT: ['cannot be reached: nothing comes back from the network', NETWORK],
  EHOSTUNREACH: ['cannot be reached: there is no way to it', NETWORK],
  EHOSTDOWN: ['cannot be reached: there is no way to it', NETWORK],
  ENETUNREACH: ['cannot be reached: there is no network', NETWORK],
  ENETDOWN: ['cannot be reached: there is no network', NETWORK],
  EACCES: ['cannot be reached: this machine does not allow it', NETWORK],
  EPERM: ['cannot be reached: this machine does not allow it', NETWORK],
  '57P01': ['is being shut down, or ended our connection', SERVER],
  '57P02': ['has crashed and is starting again', SERVER],
  '57P03': ['is starting up or shutting down', SERVER],
  '53300': [
    'has no connection left for us: as many clients as it takes are connected',
    'Close other clients, or raise max_connections on that server. While it is open, Jira TPM goes on by itself once one is free.',
  ],
}

/** The AppError for a server that does not let us in as we come, or that we do not believe: `not-configured`. */
export function deniedError(error: Error, server: ServerNames): AppError {
  const [reason, hint] = denialReason(error, server)
  return new AppError('not-configured', `${server.where} ${reason}.`, {
    consequence: NOTHING_DONE,
    hint,
    cause: error,
  })
}

type Reason = readonly [reason: string, hint: string]

/** Why it does not, as it continues "PostgreSQL at …", and what to do. */
export function denialReason(error: Error, { user, database, isLeased }: ServerNames): Reason {
  if (causeOf(error) instanceof NoPasswordError)
    return [
      `wants a password for the user ${user}, and none is set`,
      'Set it in the settings, with jira-tpm use-store, or by PSQL_PW or DATABASE_URL.',
    ]
  if (error instanceof UnfitServerError) return [error.message, error.hint]
  switch (codeOf(error)) {
    case '28P01':
      return [
        `does not take this password for the user ${user}`,
        isLeased
          ? 'Vault gave both: check that its database connection leads to this very server. Others are asked of Vault meanwhile.'
          : 'Check user and password.',
      ]
    case '3D000':
      return [
        `has no database ${database}`,
        `Check its name, or have it made: CREATE DATABASE ${quoted(database)} OWNER ${quoted(user)};`,
      ]
    case '42501':
      return [
        `does not allow the user ${user} what Jira TPM needs (${error.message})`,
        'jira-tpm doctor, or Check in the settings, says what to have allowed.',
      ]
    case '26000':
    case '42P05':
      return [
        'is reached through a pooler that gives each transaction another connection, which tells nobody of commits',
        'Have it pool sessions (PgBouncer: pool_mode = session), or set the server’s own address.',
      ]
    default:
      return codeOf(error).startsWith('28') ? notLetIn(error, user) : tlsReason(error)
  }
}

/** The server's rules (pg_hba.conf) have no place for us. Its own words say from which address it saw us come. */
function notLetIn({ message }: Error, user: string): Reason {
  return [
    `does not let the user ${user} in (${message})`,
    /no encryption|SSL off/.test(message)
      ? 'Switch TLS on (sslmode=verify-full or require): many servers take encrypted connections only.'
      : 'Check the user, or have the server’s administrator allow this machine, user and database in pg_hba.conf.',
  ]
}

function tlsReason(error: Error): Reason {
  if (error.message === NO_TLS) {
    return [
      'does not offer TLS',
      'Have it switched on at the server; or choose sslmode=disable, where nobody can listen in on the way.',
    ]
  }
  const wrong = certificateProblem(causeOf(error))
  if (wrong !== null) return [`is not trusted: ${wrong.problem}`, wrong.hint]
  if (error.message.startsWith('SASL'))
    return [
      'did not prove that it knows the password, or asks for it in a way that we do not have',
      'Check the password; if it is right, check the address: this may be another server.',
    ]
  return [
    `and this machine did not agree on TLS (${codeOf(error)})`,
    'Check that a PostgreSQL server with TLS 1.2 or newer is at that address and port.',
  ]
}

function causeOf(error: Error): Error {
  return error instanceof ConnectionError ? error.cause : error
}

/** The AppError for a server without an answer: `store-unavailable`. */
export function unreachableError(error: Error, { where }: ServerNames): AppError {
  const [reason, hint] = unreachableReason(error)
  return new AppError('store-unavailable', `${where} ${reason}.`, {
    consequence: UNTIL_BACK,
    hint,
    retryable: true,
    cause: error,
  })
}

/** Why there is no answer, as it continues "PostgreSQL at …", and what to do. */
export function unreachableReason(error: Error): readonly [reason: string, hint: string] {
  if (error instanceof NoAnswerError || error.message === 'Query read timeout')
    return ['has stopped answering', SERVER]
  // Both are what pg makes of a time-out while it connects.
  if (error.message === 'timeout expired') return [`did not answer within ${CONNECT_MS / 1_000} s`, ADDRESS]
  const known = REASONS[codeOf(error)]
  if (known !== undefined) return known
  if (error instanceof DatabaseError && error.code === undefined)
    return ['does not answer as PostgreSQL does', ADDRESS]
  // A pooler in between has codes of this class for whatever it does not like.
  if (error instanceof DatabaseError) return [`ended the connection: ${error.message}`, SERVER]
  return ['broke the connection', SERVER]
}

export type ServerNames = ReturnType<typeof serverNames>

/** What a server is called in sentences. `user`: where it may be another one at another time. */
export function serverNames(config: PostgresConfig, user = config.user) {
  const label = storeLabel(config)
  return {
    label,
    /** `PostgreSQL at db.example.com/tickets` */
    where: `PostgreSQL at ${label}`,
    user,
    /** Vault makes the user, and its password. */
    isLeased: config.credentials === 'vault',
    database: config.database,
  }
}
