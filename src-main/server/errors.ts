import type { FastifyError, FastifyReply } from 'fastify'
import {
  AppError,
  type ErrorCode,
  failureOf,
  nothingDone,
  toWireError,
  type WireError,
} from '../../src-shared/errors/app-error.ts'
import type { Reply } from '../../src-shared/contract/dispatch.ts'

/**
 * The HTTP status of each error, and what it means for a program that branches on it. 401 and 403 are the server's own; what Jira
 * refuses us is a 502, since the caller here is not the account that Jira refused.
 */
export const ERRORS: Readonly<Record<ErrorCode, { readonly status: number; readonly meaning: string }>> = {
  usage: { status: 400, meaning: 'what is asked for cannot be done as it is asked' },
  'bad-data': { status: 400, meaning: 'what was given to be read is not what it should be' },
  'bad-request': { status: 400, meaning: 'the request is not of the form that it should have' },
  forbidden: { status: 403, meaning: 'the caller is not known, or may not do this' },
  'unknown-method': { status: 404, meaning: 'there is no such method' },
  'not-found': { status: 404, meaning: 'what was named is not there' },
  busy: { status: 409, meaning: 'something is under way that has to end first' },
  cancelled: { status: 409, meaning: 'it was given up before its end' },
  'other-version': {
    status: 409,
    meaning: 'the caller speaks a version of the contract that is not served here',
  },
  'not-configured': { status: 409, meaning: 'something has to be set first' },
  'not-confirmed': {
    status: 409,
    meaning: 'tickets would be made in a real Jira, and nobody has agreed to it',
  },
  'tables-missing': { status: 409, meaning: 'the ticket tables were dropped' },
  'too-large': { status: 413, meaning: 'the request is larger than is read' },
  'too-many': { status: 429, meaning: 'the caller asks more often than the server takes' },
  internal: { status: 500, meaning: 'a fault of Jira TPM; its log has the details' },
  'folder-not-writable': { status: 500, meaning: 'the data folder cannot be written' },
  'port-in-use': { status: 500, meaning: 'a port is used by another program' },
  ambiguous: { status: 502, meaning: 'nobody knows whether Jira did what was asked' },
  'jira-broken': { status: 502, meaning: 'what answered is no Jira, or its answer is broken' },
  'jira-refused': { status: 502, meaning: 'Jira refuses what was asked of it' },
  'jira-unreachable': { status: 502, meaning: 'Jira did not answer' },
  'jira-untrusted': { status: 502, meaning: 'Jira’s certificate cannot be believed' },
  'not-authenticated': { status: 502, meaning: 'Jira does not know the account that this server uses' },
  'jira-limited': { status: 503, meaning: 'Jira’s rate limit is spent for longer than can be waited' },
  'server-broken': { status: 502, meaning: 'what answered is no team server, or its answer is broken' },
  'server-unreachable': { status: 502, meaning: 'the team server did not answer' },
  'server-untrusted': { status: 502, meaning: 'the team server’s certificate cannot be believed' },
  'signed-out': { status: 502, meaning: 'the team server does not know this machine' },
  'secrets-unavailable': { status: 503, meaning: 'the keychain of the server’s machine cannot be used' },
  'store-full': { status: 503, meaning: 'the store has no room left' },
  'store-newer': { status: 503, meaning: 'the store was written by a newer version' },
  'store-not-a-database': { status: 503, meaning: 'the store’s file is none' },
  'store-unavailable': { status: 503, meaning: 'the store cannot be reached now' },
}

/** `status` where HTTP has a better one than the table. */
export function sendReply(
  reply: FastifyReply,
  said: Reply,
  status = said.ok ? 200 : ERRORS[said.error.code].status,
): FastifyReply {
  return reply.code(status).send(said.ok ? said : failureBody(said.error))
}

/** What a call that failed is answered with over HTTP: the error's parts and its `message`. */
export function failureBody(error: WireError): { ok: false; error: WireError & { message: string } } {
  return { ok: false, error: { ...failureOf(error), retryable: error.retryable } }
}

/** `waitS`: the seconds after which it may be tried again. */
export class TooMany extends AppError {
  readonly waitS: number

  constructor(what: string, waitS: number) {
    const whole = wholeSeconds(waitS)
    const hint = `Try again in ${whole === 1 ? 'a second' : `${whole} seconds`}.`
    super('too-many', what, { consequence: 'Nothing was done.', hint, retryable: true })
    this.waitS = waitS
  }
}

function wholeSeconds(waitS: number): number {
  return Math.max(1, Math.ceil(waitS))
}

export function sendFailure(reply: FastifyReply, error: AppError, status?: number): FastifyReply {
  if (error instanceof TooMany) void reply.header('retry-after', String(wholeSeconds(error.waitS)))
  return sendReply(reply, { ok: false, error: toWireError(error) }, status)
}

/** Fastify's own refusals in our words; null for an error that is not the caller's. */
export function refusalOf(
  error: FastifyError,
  maxBytes: number | undefined,
): { error: AppError; status?: number } | null {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return {
        error: nothingDone('too-large', `This call may have ${maxBytes} bytes, and it has more.`),
      }
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return {
        error: nothingDone('bad-request', `A call's body must be application/json.`),
        status: 415,
      }
    default:
      if (error.statusCode === undefined || error.statusCode < 400 || error.statusCode >= 500) return null
      return {
        error: nothingDone('bad-request', `The request cannot be read: ${error.message}.`),
      }
  }
}
