import { DatabaseError } from 'pg'
import { AppError, type ErrorCode, type FailureText } from '../../../../src-shared/errors/app-error.ts'
import { tablesMissing } from '../../errors.ts'
import { TICKET_TABLES } from '../../migrate.ts'
import { deniedError, NOTHING_DONE, unreachableError, type ServerNames } from './connection-errors.ts'
import { codeOf, CommitLostError, isLocked, kindOf, PoolBusyError, TablesBusyError } from './failure.ts'

/** A server says it in its own language, with that one's quotes around the name. */
const MISSING_TABLE = new RegExp(`(?<!\\w)(?:${TICKET_TABLES.join('|')})(?!\\w)`)
/** Data, constraint and syntax errors: a fault of our SQL. */
const OURS = /^(?:0[A-Z]|2[0-7BDF]|3[489BF]|42|44)/

/** What went wrong as a person reads it. What is not expected (a fault of ours) comes back as it is. */
export function toStoreError(error: unknown, server: ServerNames): unknown {
  if (error instanceof AppError) return error
  if (error instanceof CommitLostError) return commitLost(server, error)
  if (error instanceof PoolBusyError) return poolBusy(server, error)
  if (error instanceof TablesBusyError) return tablesBusy(server, error)
  switch (kindOf(error)) {
    case 'unreachable':
      return unreachableError(error as Error, server)
    case 'denied':
      return deniedError(error as Error, server)
    case 'read-only':
      return readOnly(server, error)
    case 'full':
      return full(server, error)
    case 'conflict':
      return busy(server, error)
    default:
      return error instanceof DatabaseError ? refusedStatement(error, server) : error
  }
}

export function closedStore({ where }: ServerNames): AppError {
  return new AppError('store-unavailable', `The store, ${where}, is closed.`, {
    consequence: 'This call changed nothing.',
  })
}

function refusedStatement(error: DatabaseError, server: ServerNames): unknown {
  const code = codeOf(error)
  if (code === '42P01' && MISSING_TABLE.test(error.message)) return tablesMissing(error)
  if (isLocked(error)) return busy(server, error)
  if (code === '57014') return tooSlow(server, error)
  return OURS.test(code) ? error : refused(server, error)
}

function readOnly({ where }: ServerNames, cause: unknown): AppError {
  return passing('store-unavailable', cause, {
    what: `${where} takes no writes now: it is a standby, or it was set to read-only.`,
    consequence: 'Nothing can be stored until it takes them again; what was stored before is safe.',
    hint: 'If another server has become the primary, point Jira TPM at that one. While it is open, it goes on by itself once it may write.',
  })
}

function full({ where }: ServerNames, cause: unknown): AppError {
  return passing('store-full', cause, {
    what: `The disk of ${where} is full.`,
    consequence: 'Nothing can be stored until there is room; what was stored before is safe.',
    hint: 'Make room on that server. While it is open, Jira TPM goes on by itself then.',
  })
}

function busy({ where }: ServerNames, cause: unknown): AppError {
  return passing('busy', cause, {
    what: `Another process was in the way at ${where} for too long.`,
    consequence: 'This change was not stored; what was there before is safe.',
    hint: 'Try again.',
  })
}

function poolBusy({ where }: ServerNames, cause: unknown): AppError {
  return passing('busy', cause, {
    what: `All of Jira TPM’s connections to ${where} are at work, and none was free in time.`,
    consequence: NOTHING_DONE,
    hint: 'Try again.',
  })
}

function tablesBusy({ where }: ServerNames, cause: unknown): AppError {
  return passing('store-unavailable', cause, {
    what: `The tables of ${where} are being made or changed by another instance of Jira TPM, or another program keeps them locked.`,
    consequence: 'Nothing can be done with them until it is through; what was there before is safe.',
    hint: 'While it is open, Jira TPM goes on by itself then.',
  })
}

function tooSlow({ where }: ServerNames, cause: unknown): AppError {
  return passing('store-unavailable', cause, {
    what: `${where} took too long for this and gave it up.`,
    consequence: 'Nothing of it was stored; what was there before is safe.',
    hint: 'Try again; if it goes on, look at what else keeps that server at work.',
  })
}

function commitLost({ where }: ServerNames, cause: unknown): AppError {
  return passing('store-unavailable', cause, {
    what: `The connection to ${where} broke while it stored this change, so it is not known whether it did.`,
    consequence: 'To give it again does no harm; what was there before is safe.',
    hint: 'While it is open, Jira TPM tries again by itself as soon as the server answers.',
  })
}

/** Something in the server is not as it should be: its own words are what its administrator needs. */
function refused({ where }: ServerNames, cause: DatabaseError): AppError {
  return passing('store-unavailable', cause, {
    what: `${where} could not do this: ${cause.message} (${cause.code}).`,
    consequence: NOTHING_DONE,
    hint: 'Show this to the server’s administrator.',
  })
}

/** What may work when it is tried again. */
function passing(code: ErrorCode, cause: unknown, { what, ...text }: FailureText): AppError {
  return new AppError(code, what, { ...text, retryable: true, cause })
}
