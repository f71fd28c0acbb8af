import { certificateError } from './certificate-error.ts'
import { brokenConnection, cancelled, timedOut, unreachable, type JiraError } from './errors.ts'
import type { ExchangeFailure } from './exchange.ts'

/** What is wrong with a connection that was never made: completes "could not be reached: …". */
const NOT_CONNECTED: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing answers at that address',
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'names cannot be looked up now',
  EHOSTUNREACH: 'there is no way to it',
  ENETUNREACH: 'there is no network',
  ENETDOWN: 'there is no network',
  EACCES: 'this machine does not allow it',
  EPERM: 'this machine does not allow it',
  EPROTO: 'it does not speak HTTPS at that address',
  ECONNRESET: 'the connection was broken while it was being made',
  EPIPE: 'the connection was broken while it was being made',
  UND_ERR_PRX_CONN: 'the connection was broken while it was being made',
}

const TOO_SLOW = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'ETIMEDOUT'])

interface ConnectionFacts {
  readonly host: string
  /** The proxy that the connection goes through, host and port; null: none. */
  readonly proxy: string | null
  readonly connectMs: number
  readonly firstByteMs: number
  readonly redact: (text: string) => string
}

/** The JiraError for an exchange without an answer. Nothing of the request is in it. */
export function connectionError(failure: ExchangeFailure, facts: ConnectionFacts): JiraError {
  const { host, firstByteMs } = facts
  const code = codeOf(failure.cause)
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED')
    return cancelled(failure.sent ? 'abandoned' : 'unsent')
  if (!failure.sent) return connectError(failure.cause, code, facts)
  return code === 'UND_ERR_HEADERS_TIMEOUT'
    ? timedOut(host, firstByteMs, 'first-byte')
    : brokenConnection(host)
}

/** The request was never sent: there is no connection, or none that it may be sent over. */
function connectError(
  cause: unknown,
  code: string,
  { host, proxy, connectMs, redact }: ConnectionFacts,
): JiraError {
  const certificate = certificateError(certificateCause(cause), host, redact)
  if (certificate !== null) return certificate
  const refusal = proxyRefusal(cause)
  if (refusal !== null) return unreachable(host, `the proxy ${proxy ?? ''} ${refusal}`)
  const reason = TOO_SLOW.has(code)
    ? `no connection was made within ${connectMs / 1_000} s`
    : code.startsWith('ERR_SSL')
      ? NOT_CONNECTED['EPROTO']
      : (NOT_CONNECTED[code] ?? `the connection could not be made${code === '' ? '' : ` (${code})`}`)
  return unreachable(host, proxy === null ? `${reason}` : `by the proxy ${proxy}: ${reason}`)
}

/** How a proxy said that it does not let us through; undici tells the status only in its text. */
function proxyRefusal(cause: unknown): string | null {
  const status = cause instanceof Error ? /^Proxy response \((\d{3})\)/.exec(cause.message)?.[1] : undefined
  if (status === undefined) return null
  return status === '407'
    ? 'wants another user name and password (HTTP 407)'
    : `does not let us through (HTTP ${status})`
}

/** undici wraps what went wrong with a proxy's own certificate. */
function certificateCause(error: unknown): unknown {
  return error instanceof Error && codeOf(error) === 'UND_ERR_PRX_TLS' ? error.cause : error
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
