import { DatabaseError } from 'pg'
import { AppError, type ErrorCode } from '../../../../src-shared/errors/app-error.ts'
import type { PostgresConfig } from '../../../config/config.ts'
import { storeLabel } from '../../../config/store-config.ts'
import { certificateProblem } from '../../../jira/network/connection-error.ts'
import { tablesMissing } from '../../errors.ts'
import { TICKET_TABLES } from '../../migrate.ts'
import { CONNECT_MS, quoted } from './client.ts'
import {
  codeOf,
  ConnectionError,
  findingOf,
  isLocked,
  kindOf,
  NO_TLS,
  NoPrimaryError,
  UnfitServerError,
} from './failure.ts'
import { POOLER_WAIT_MS, SHARED } from './pooler.ts'

/** A server says it in its own language, with that one's quotes around the name. */
const MISSING_TABLE = new RegExp(`(?<!\\w)(?:${TICKET_TABLES.join('|')})(?!\\w)`)
/** Data, constraint and syntax errors: a fault of our SQL. */
const OURS = /^(?:0[A-Z]|2[0-7BDF]|3[489BF]|42|44)/
const NOTHING_DONE = 'Nothing was read or stored; what was there before is safe.'
/** A command that makes one call has ended by then. */
const GOES_ON = 'While it is open, Jira TPM goes on by itself as soon as the server answers.'

/** Why a server cannot be used, as it continues "PostgreSQL at …", and what to do. */
type Reason = readonly [reason: string, hint: string]

/** What went wrong as a person reads it. What is not expected (a fault of ours) comes back as it is. */
export function toStoreError(error: unknown, server: ServerNames): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error
  if (error instanceof NoPrimaryError) return noPrimary(error)
  const passing = passingOf(error)
  if (passing !== null) return passingError(error, PASSING[passing], server)
  switch (kindOf(error)) {
    case 'unreachable':
      return new AppError('store-unavailable', `${server.where} ${unreachableReason(error)[0]}.`, {
        consequence: 'Nothing can be read or stored until it is back; what was stored before is safe.',
        hint: unreachableReason(error)[1],
        retryable: true,
        cause: error,
      })
    case 'denied':
      return new AppError('not-configured', `${server.where} ${denialReason(error, server)[0]}.`, {
        consequence: NOTHING_DONE,
        hint: denialReason(error, server)[1],
        cause: error,
      })
    default:
      return error instanceof DatabaseError ? refusedStatement(error, server) : error
  }
}

export function closedStore({ where }: ServerNames): AppError {
  return new AppError('store-unavailable', `The store, ${where}, is closed.`, {
    consequence: 'This call changed nothing.',
  })
}

function noPrimary(error: NoPrimaryError): AppError {
  const { message, hint } = error
  if (kindOf(error) === 'denied') {
    return new AppError('not-configured', message, { consequence: NOTHING_DONE, hint, cause: error })
  }
  const consequence = 'Nothing can be stored until one of them does; what was stored before is safe.'
  return new AppError('store-unavailable', message, { consequence, hint, retryable: true, cause: error })
}

function refusedStatement(error: DatabaseError, server: ServerNames): unknown {
  const code = codeOf(error)
  if (code === '42P01' && MISSING_TABLE.test(error.message)) return tablesMissing(error)
  if (OURS.test(code)) return error
  // Something in the server is not as it should be: its own words are what its administrator needs.
  const what = `{} could not do this: ${error.message} (${code}).`
  return passingError(
    error,
    ['store-unavailable', what, NOTHING_DONE, 'Show this to the server’s administrator.'],
    server,
  )
}

type PassingText = readonly [code: ErrorCode, what: string, consequence: string, hint: string]

/** What may work when it is tried again; {} is the server. */
const PASSING = {
  commitLost: [
    'store-unavailable',
    'The connection to {} broke while it stored this change, so it is not known whether it did.',
    'To give it again does no harm; what was there before is safe.',
    'While it is open, Jira TPM tries again by itself as soon as the server answers.',
  ],
  poolerBusy: [
    'busy',
    `{} had no connection to the database free for this within ${POOLER_WAIT_MS / 1_000} s: all are at work.`,
    NOTHING_DONE,
    'Try again; if it goes on, let it have more of them (PgBouncer: default_pool_size).',
  ],
  otherServer: [
    'store-unavailable',
    'The pooler of DATABASE_URL leads to another server or database than DATABASE_DIRECT_URL, which is {}.',
    'Nothing is read or stored through it; what was stored before is safe.',
    'Have both lead to the same. While it is open, Jira TPM goes on by itself then.',
  ],
  poolBusy: [
    'busy',
    'All of Jira TPM’s connections to {} are at work, and none was free in time.',
    NOTHING_DONE,
    'Try again.',
  ],
  tablesBusy: [
    'store-unavailable',
    'The tables of {} are being made or changed by another instance of Jira TPM, or another program keeps them locked.',
    'Nothing can be done with them until it is through; what was there before is safe.',
    'While it is open, Jira TPM goes on by itself then.',
  ],
  readOnly: [
    'store-unavailable',
    '{} takes no writes now: it is a standby, or it was set to read-only.',
    'Nothing can be stored until it takes them again; what was stored before is safe.',
    'If another server has become the primary, point Jira TPM at that one. While it is open, it goes on by itself once it may write.',
  ],
  full: [
    'store-full',
    'The disk of {} is full.',
    'Nothing can be stored until there is room; what was stored before is safe.',
    'Make room on that server. While it is open, Jira TPM goes on by itself then.',
  ],
  busy: [
    'busy',
    'Another process was in the way at {} for too long.',
    'This change was not stored; what was there before is safe.',
    'Try again.',
  ],
  tooSlow: [
    'store-unavailable',
    '{} took too long for this and gave it up.',
    'Nothing of it was stored; what was there before is safe.',
    'Try again; if it goes on, look at what else keeps that server at work.',
  ],
} satisfies Record<string, PassingText>

function passingOf(error: Error): keyof typeof PASSING | null {
  switch (findingOf(error)) {
    case 'commit-lost':
      return 'commitLost'
    case 'pool-busy':
      return 'poolBusy'
    case 'pooler-busy':
      return 'poolerBusy'
    case 'other-server':
      return 'otherServer'
    case 'tables-busy':
      return 'tablesBusy'
    default:
  }
  switch (kindOf(error)) {
    case 'read-only':
      return 'readOnly'
    case 'full':
      return 'full'
    case 'conflict':
      return 'busy'
    default:
      if (isLocked(error)) return 'busy'
      return error instanceof DatabaseError && error.code === '57014' ? 'tooSlow' : null
  }
}

function passingError(
  cause: Error,
  [code, what, consequence, hint]: PassingText,
  { where }: ServerNames,
): AppError {
  return new AppError(
    code,
    what.replace('{}', () => where),
    { consequence, hint, retryable: true, cause },
  )
}

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

/** Of a failure that is `denied`. */
export function denialReason(error: Error, { user, database, isLeased }: ServerNames): Reason {
  if (findingOf(error) === 'no-password')
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
      return SHARED
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
  const wrong = certificateProblem(error instanceof ConnectionError ? error.cause : error)
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

/** Of a failure that is `unreachable`. */
export function unreachableReason(error: Error): Reason {
  if (findingOf(error) === 'no-answer' || error.message === 'Query read timeout')
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
export function serverNames(config: PostgresConfig, user = config.user, what = 'PostgreSQL') {
  const label = storeLabel(config)
  return {
    label,
    /** `PostgreSQL at db.example.com/tickets` */
    where: `${what} at ${label}`,
    user,
    /** Vault makes the user, and its password. */
    isLeased: config.credentials === 'vault',
    database: config.database,
  }
}
