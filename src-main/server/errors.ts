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
 * The HTTP status of each error. 401 and 403 are this door's own; what Jira refuses us is a 502, since whoever calls
 * here is not the one that Jira does not know.
 */
export const STATUS: Readonly<Record<ErrorCode, number>> = {
  usage: 400,
  'bad-data': 400,
  'bad-request': 400,
  forbidden: 403,
  'unknown-method': 404,
  'not-found': 404,
  busy: 409,
  cancelled: 409,
  'other-version': 409,
  'not-configured': 409,
  'not-confirmed': 409,
  'tables-missing': 409,
  'too-large': 413,
  'too-many': 429,
  internal: 500,
  'folder-not-writable': 500,
  'port-in-use': 500,
  ambiguous: 502,
  'jira-broken': 502,
  'jira-refused': 502,
  'jira-unreachable': 502,
  'jira-untrusted': 502,
  'not-authenticated': 502,
  'jira-limited': 503,
  'secrets-unavailable': 503,
  'store-full': 503,
  'store-newer': 503,
  'store-not-a-database': 503,
  'store-unavailable': 503,
}

/** `status` where HTTP has a better one than the table. */
export function sendReply(
  reply: FastifyReply,
  said: Reply,
  status = said.ok ? 200 : STATUS[said.error.code],
): FastifyReply {
  return reply.code(status).send(said.ok ? said : failureBody(said.error))
}

/** What a call that failed is answered with over HTTP: beside the error's parts its `message`. */
export function failureBody(error: WireError): { ok: false; error: WireError & { message: string } } {
  return { ok: false, error: { ...failureOf(error), retryable: error.retryable } }
}

/** `waitS`: the seconds after which it may be tried again. */
export class TooMany extends AppError {
  readonly waitS: number

  constructor(message: string, waitS: number) {
    const whole = wholeSeconds(waitS)
    const hint = `Try again in ${whole === 1 ? 'a second' : `${whole} seconds`}.`
    super('too-many', message, { hint, retryable: true })
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
