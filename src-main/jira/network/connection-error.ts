import { brokenConnection, cancelled, timedOut, unreachable, untrusted, type JiraError } from '../errors.ts'
import type { ExchangeFailure } from './exchange.ts'

const NOT_KNOWN = 'its certificate comes from an authority that this machine does not know'

/** What OpenSSL calls a certificate of an authority that this machine does not know, in words. */
const NO_ISSUER: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'its certificate is signed by itself, not by an authority that this machine knows',
  SELF_SIGNED_CERT_IN_CHAIN: NOT_KNOWN,
  UNABLE_TO_GET_ISSUER_CERT: NOT_KNOWN,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: NOT_KNOWN,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'it does not send the certificates between its own and its authority’s, or this machine does not know that authority',
}

const CLOCK_HINT = 'Check the clock of this machine; if it is right, the certificate must be renewed.'

/** Other certificates that it does not believe, and what to do. */
const PROBLEMS: Readonly<Record<string, readonly [problem: string, hint: string]>> = {
  CERT_HAS_EXPIRED: ['its certificate, or its authority’s, has expired', CLOCK_HINT],
  CERT_NOT_YET_VALID: ['its certificate is not valid yet', CLOCK_HINT],
  CERT_REVOKED: ['its certificate was revoked', 'Ask the server’s administrator for a new one.'],
}

const OTHER_HOST_HINT =
  'Use the address that the certificate is made out to, or ask the server’s administrator for one made out to this address.'

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
  /** The proxy that the connection goes through, host and port; null: none. */
  readonly proxy: string | null
  readonly connectMs: number
  readonly redact: (text: string) => string
  /** See `CertificateOptions`. */
  readonly caFile?: string
}

/**
 * What kept a request from its answer. `closed`: we did. `untrusted` and `not-connected`: it was never sent; `problem` and
 * `reason` complete "could not be trusted: …" and "could not be reached: …", and `code` is the system's or undici's word.
 * `silent`: its answer did not begin in time. `broken`: the connection ended before the answer was whole.
 */
export type ConnectionProblem =
  | { readonly kind: 'closed' | 'silent' | 'broken' }
  | { readonly kind: 'untrusted'; readonly problem: string; readonly hint: string }
  | { readonly kind: 'not-connected'; readonly reason: string; readonly code: string }

/** What is wrong with an exchange without an answer. Nothing of the request is in it. */
export function connectionProblem(
  { sent, cause }: ExchangeFailure,
  facts: ConnectionFacts,
): ConnectionProblem {
  const code = codeOf(cause)
  if (code === 'UND_ERR_DESTROYED' || code === 'UND_ERR_CLOSED') return { kind: 'closed' }
  if (sent) return { kind: code === 'UND_ERR_HEADERS_TIMEOUT' ? 'silent' : 'broken' }
  const { proxy, connectMs, redact, caFile } = facts
  const options = { redact, ...(caFile !== undefined && { caFile }) }
  const wrong = certificateProblem(certificateCause(cause), options)
  if (wrong !== null) return { kind: 'untrusted', ...wrong }
  const refusal = proxyRefusal(cause)
  if (refusal !== null)
    return { kind: 'not-connected', reason: `the proxy ${proxy ?? ''} ${refusal}`, code: PROXY_REFUSED }
  const reason = TOO_SLOW.has(code)
    ? `no connection was made within ${connectMs / 1_000} s`
    : code.startsWith('ERR_SSL')
      ? NOT_CONNECTED['EPROTO']
      : (NOT_CONNECTED[code] ?? `the connection could not be made${code === '' ? '' : ` (${code})`}`)
  return {
    kind: 'not-connected',
    reason: proxy === null ? `${reason}` : `by the proxy ${proxy}: ${reason}`,
    code,
  }
}

/** Of a `not-connected`: the proxy said no. */
export const PROXY_REFUSED = 'PROXY_REFUSED'

/** The JiraError for an exchange without an answer. `firstByteMs` is the time that it had to begin. */
export function connectionError(
  failure: ExchangeFailure,
  { host, firstByteMs, ...facts }: ConnectionFacts & { readonly host: string; readonly firstByteMs: number },
): JiraError {
  const problem = connectionProblem(failure, facts)
  switch (problem.kind) {
    case 'closed':
      return cancelled(failure.sent ? 'abandoned' : 'unsent')
    case 'untrusted':
      return untrusted(host, problem.problem, problem.hint)
    case 'not-connected':
      return unreachable(host, problem.reason)
    case 'silent':
      return timedOut(host, firstByteMs, 'first-byte')
    default:
      return brokenConnection(host)
  }
}

/** How a proxy said that it does not let us through; undici gives the status only in its text. */
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

interface CertificateOptions {
  readonly redact?: (text: string) => string
  /** Where a person gives the authority's certificate. */
  readonly caFile?: string
}

/**
 * What is wrong with a server's certificate (completes "is not trusted: …") and what to do; null where the error is about
 * something else. See https://nodejs.org/api/tls.html#x509-certificate-error-codes.
 */
export function certificateProblem(
  error: unknown,
  { redact = (text) => text, caFile = 'the CA file' }: CertificateOptions = {},
): { problem: string; hint: string } | null {
  const code = codeOf(error)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return { problem: `its certificate is for ${redact(namesOf(error))}`, hint: OTHER_HOST_HINT }
  }
  const unknown = NO_ISSUER[code]
  if (unknown !== undefined) {
    const hint = `If the certificate is your company’s own, give its authority’s PEM file as ${caFile}. If not, somebody may be listening in: leave it.`
    return { problem: `${unknown} (${code})`, hint }
  }
  const known = PROBLEMS[code]
  if (known !== undefined) return { problem: `${known[0]} (${code})`, hint: known[1] }
  return /^(CERT|CRL|INVALID_(CA|PURPOSE)|PATH_LENGTH|HOSTNAME_MISMATCH|UNABLE_TO_(GET|DECODE|DECRYPT|VERIFY))/.test(
    code,
  )
    ? { problem: `its certificate is not valid (${code})`, hint: 'Show this to the server’s administrator.' }
    : null
}

/** `DNS:a.test, DNS:b.test` as a person writes it. */
function namesOf(error: unknown): string {
  const certificate = error instanceof Error && 'cert' in error ? error.cert : null
  const names = (certificate as { subjectaltname?: unknown } | null)?.subjectaltname
  const listed = typeof names === 'string' ? names.replaceAll(/\b(DNS|IP Address|URI):/g, '') : ''
  return listed === '' ? 'another host' : `another host (${listed})`
}
