import { DatabaseError } from 'pg'
import { AppError } from '../../../../src-shared/errors/app-error.ts'
import { certificateProblem } from '../../../jira/network/connection-error.ts'

/**
 * What a failure means for the store. `unreachable`: no connection, or a broken one; `read-only` and `full`: it answers,
 * but takes no writes; `denied`: it does not let us in, or we do not believe it; `conflict`: the same work may well pass
 * when it is done again; `statement`: that one statement, or a fault of ours.
 */
export type FailureKind = 'unreachable' | 'read-only' | 'full' | 'denied' | 'conflict' | 'statement'

/** No connection was made, or it broke, or it is not to be trusted: what pg says then, which says it in plain errors. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
  override readonly cause: Error

  constructor(cause: Error) {
    super(cause.message)
    this.cause = cause
  }
}

/** What we find of a server ourselves, without its word. */
const FOUND = {
  /** It did not answer in time: it stalls, or the network swallows what is sent. */
  'no-answer': 'unreachable',
  /** The connection broke between COMMIT and its answer. */
  'commit-lost': 'unreachable',
  /** It is a standby, or set to take no writes. */
  'read-only': 'read-only',
  /** It wants a password, and we have none. */
  'no-password': 'denied',
  /** Another instance makes or changes the tables, or another program keeps them locked. */
  'tables-busy': 'conflict',
  /** All clients of the pool were at work for too long. */
  'pool-busy': 'statement',
  /** All connections of the pooler were at work for too long. */
  'pooler-busy': 'statement',
  /** The pooler leads to another server or database than the one that we listen to. */
  'other-server': 'read-only',
} satisfies Record<string, FailureKind>

export type Finding = keyof typeof FOUND

export class ServerFailure extends Error {
  override readonly name = 'ServerFailure'
  readonly found: Finding

  constructor(found: Finding, cause?: unknown) {
    super(found, { cause })
    this.found = found
  }
}

/** What was found; null where the error is another. */
export function findingOf(error: unknown): Finding | null {
  return error instanceof ServerFailure ? error.found : null
}

/** For `withTimeout`. */
export function noAnswer(): never {
  throw new ServerFailure('no-answer')
}

/** The server is none that we can use; the message continues "PostgreSQL at …". */
export class UnfitServerError extends Error {
  override readonly name = 'UnfitServerError'
  readonly hint: string

  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

/**
 * Of several servers none can be written to now. The parts of a sentence; `causes`: why each of those that did not answer
 * as they should is none.
 */
export class NoPrimaryError extends Error {
  override readonly name = 'NoPrimaryError'
  readonly hint: string
  readonly causes: readonly Error[]

  constructor(message: string, hint: string, causes: readonly Error[] = []) {
    super(message)
    this.hint = hint
    this.causes = causes
  }
}

/** What pg says where the server answers that it has no TLS. */
export const NO_TLS = 'The server does not support SSL connections'

/** See https://www.postgresql.org/docs/current/errcodes-appendix.html. */
const KINDS: readonly (readonly [codes: RegExp, kind: FailureKind])[] = [
  [/^(?:08|57P0[1235]|25P0[34]|53300)/, 'unreachable'],
  [/^25006/, 'read-only'],
  [/^53100/, 'full'],
  // The last two: what one transaction prepared, the next one has not, or has twice.
  [/^(?:28|3D000|42501|26000|42P05)/, 'denied'],
  [/^(?:40001|40P01|0A000)/, 'conflict'],
]

export function kindOf(error: unknown): FailureKind {
  if (error instanceof DatabaseError) {
    // Only an answer that pg cannot read has no code: something else than PostgreSQL answers.
    const { code } = error
    if (code === undefined) return 'unreachable'
    return KINDS.find(([codes]) => codes.test(code))?.[1] ?? 'statement'
  }
  if (error instanceof AppError) return error.cause === undefined ? 'statement' : kindOf(error.cause)
  if (error instanceof ConnectionError) return isDistrust(error.cause) ? 'denied' : 'unreachable'
  if (error instanceof ServerFailure) return FOUND[error.found]
  if (error instanceof NoPrimaryError) return kindOfAll(error.causes.map((cause) => kindOf(cause)))
  return error instanceof UnfitServerError ? 'denied' : 'statement'
}

/** Of several servers that cannot be written to: nothing passes by itself only where all of them refuse us. */
function kindOfAll(kinds: readonly FailureKind[]): FailureKind {
  if (kinds.every((kind) => kind === 'denied' || kind === 'statement')) return kinds[0] ?? 'read-only'
  return kinds.every((kind) => kind !== 'read-only') ? 'unreachable' : 'read-only'
}

/** Whether the server itself refused a statement, and goes on answering on this connection. */
export function isAnswer(error: unknown): boolean {
  return error instanceof DatabaseError && kindOf(error) !== 'unreachable'
}

/** As many clients are connected as the server takes, or as it takes from this user, or PgBouncer does. */
export function isOverfull(error: unknown): boolean {
  return (
    error instanceof DatabaseError && (error.code === '53300' || error.message.includes('max_client_conn'))
  )
}

/** A lock was waited for, for too long. */
export function isLocked(error: unknown): boolean {
  return error instanceof DatabaseError && error.code === '55P03'
}

/** Another made what this was about to make: a schema, a table, or their rows in the catalogue. */
export function isMadeMeanwhile(error: unknown): boolean {
  return error instanceof DatabaseError && /^(?:42P06|42P07|42710|23505)$/.test(error.code ?? '')
}

/** A value that a statement was given, or was answered with, is none that we can have: the connection is as it was. */
export function isFault(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError
}

/**
 * What pg threw, as an error of its kind. A fault of a statement's values, and what we gave for
 * a reason when we cut the connection ourselves, comes back as it is.
 */
export function fromPg(error: unknown): unknown {
  if (error instanceof DatabaseError || error instanceof AppError || isFault(error)) return error
  if (error instanceof UnfitServerError || error instanceof ServerFailure) return error
  if (error instanceof NoPrimaryError) return error
  return error instanceof Error ? new ConnectionError(error) : error
}

/** The server does not know the user, or the password is not its: https://www.postgresql.org/docs/current/errcodes-appendix.html, class 28. */
export function isLoginRefused(error: unknown): boolean {
  if (error instanceof NoPrimaryError) return error.causes.some((cause) => isLoginRefused(cause))
  return error instanceof DatabaseError && error.code?.startsWith('28') === true
}

/** The network's code, OpenSSL's or the server's; empty where there is none. */
export function codeOf(error: Error): string {
  const cause = error instanceof ConnectionError ? error.cause : error
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
}

/** The server has shown no TLS that we believe, or has not shown that it knows the password. */
function isDistrust(error: Error): boolean {
  return (
    error.message === NO_TLS ||
    error.message.startsWith('SASL') ||
    /^(?:ERR_TLS|ERR_SSL|EPROTO)/.test(codeOf(error)) ||
    certificateProblem(error) !== null
  )
}

const FIRST_RETRY_MS = 250
const LAST_RETRY_MS = 1_000
/** A server that refuses us is not hammered at: some lock out a client that tries too often. */
const REFUSED_RETRY_MS = 10_000

/** Whether it may be otherwise when it is tried again, without anybody changing what we ask for. */
export function mayPass(kind: FailureKind, error: unknown): boolean {
  if (error instanceof AppError) return error.retryable
  if (findingOf(error) === 'pooler-busy') return true
  return kind !== 'denied' && kind !== 'statement'
}

/** Fifty instances that lost the same server do not come back all at once. */
export function retryMs(kind: FailureKind, failures: number): number {
  if (kind === 'denied' || kind === 'statement') return REFUSED_RETRY_MS * (0.8 + Math.random() * 0.2)
  return Math.min(FIRST_RETRY_MS * 2 ** failures, LAST_RETRY_MS) * (0.75 + Math.random() * 0.25)
}
