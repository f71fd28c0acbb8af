import type { IncomingHttpHeaders } from 'node:http'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { JiraCredentials } from './credentials.ts'
import {
  brokenAnswer,
  lacksScope,
  limited,
  lockedOut,
  notAuthenticated,
  refusedByJira,
  serverTrouble,
  type JiraError,
} from './errors.ts'
import { decoded } from './site-url.ts'
import { limitedForMs, rateLimitReason, retryAfterMs } from './network/limit-headers.ts'

/** An answer without its body. */
export interface AnswerHead {
  readonly status: number
  /** A header's value by its lower-case name, several joined by commas; null where there is none. */
  readonly header: (name: string) => string | null
}

export function answerHead(status: number, headers: IncomingHttpHeaders): AnswerHead {
  return {
    status,
    header(name) {
      const value = headers[name]
      return Array.isArray(value) ? value.join(', ') : (value ?? null)
    },
  }
}

/**
 * For whom Jira answered: Cloud's account id, or Data Center's user name, which it writes URL-encoded. Null where it
 * was anonymous, or the answer does not say.
 */
export function answeredFor({ header }: AnswerHead): string | null {
  const accountId = header('x-aaccountid')
  if (accountId !== null) return named(accountId)
  const userName = header('x-ausername')
  return userName === null || userName === 'anonymous' ? null : named(decoded(userName))
}

function named(value: string): string | null {
  return value === '' || value.length > 255 ? null : value
}

interface AnswerOptions {
  readonly host: string
  readonly credentials: JiraCredentials
  readonly maxBytes: number
  /** Takes secrets out of what the other side says. */
  readonly redact: (text: string) => string
}

const unzip = promisify(gunzip)

/** What we can unpack, as `Accept-Encoding` says it. */
export const ACCEPTED_ENCODING = 'gzip'

/**
 * The data of an answer: its parsed JSON, undefined where it has no content. `text` is its body, null where that was
 * larger than `maxBytes`. Throws the JiraError that fits everything else.
 */
export function readAnswer(head: AnswerHead, text: string | null, options: AnswerOptions): unknown {
  const { host } = options
  const failure = loginFailure(head, options) ?? statusFailure(head, text ?? '', options)
  if (failure !== null) throw failure

  if (head.status === 204) return undefined
  if (text === null) throw brokenAnswer(host, 'shape', `with more than ${options.maxBytes / 2 ** 20} MiB`)
  const type = head.header('content-type') ?? 'no content type'
  if (type.includes('text/html')) {
    const { hint } = options.credentials
    throw notAuthenticated(host, 'answered with a web page, as it does to log in', {
      hint,
      status: head.status,
    })
  }
  if (!type.includes('application/json')) {
    throw brokenAnswer(host, 'shape', `with ${options.redact(type)} instead of JSON`)
  }
  try {
    return JSON.parse(text)
  } catch {
    throw brokenAnswer(host, 'cut', 'with JSON that breaks off')
  }
}

/**
 * Jira may answer 200 and an empty list to someone whose token it did not accept; this header is then the only trace.
 * See https://github.com/MrRefactoring/jira.js/issues/418. On an answer to an anonymous caller it says nothing new.
 */
function loginFailure(
  { header, status }: AnswerHead,
  { host, credentials }: AnswerOptions,
): JiraError | null {
  if (credentials.authorization === null) return null
  // Either may come several times, each with a part of the story.
  const reason = header('x-seraph-loginreason') ?? ''
  const denied = header('x-authentication-denied-reason') ?? ''
  if (reason.includes('AUTHENTICATION_DENIED') || denied.includes('CAPTCHA')) return lockedOut(host)
  return reason.includes('AUTHENTICATED_FAILED')
    ? notAuthenticated(host, `did not accept ${credentials.name}`, { hint: credentials.hint, status })
    : null
}

function statusFailure(head: AnswerHead, text: string, options: AnswerOptions): JiraError | null {
  const { status } = head
  const { host, redact } = options
  if (status < 300) return null
  if (status < 400) return redirectFailure(head, options)
  if (status === 401) return unauthorized(text, options)
  if (status === 429) {
    const reason = rateLimitReason(head)
    return limited(host, reason === null ? null : redact(reason), limitedForMs(head))
  }
  if (status >= 500) return serverTrouble(host, status, retryAfterMs(head))
  return refusedByJira(host, status, redact(saidByJira(text)))
}

/** Atlassian's gateway answers by a 401, too, where it knows the token but the call needs a scope that it lacks. */
function unauthorized(text: string, { host, credentials }: AnswerOptions): JiraError {
  return /scope does not match/i.test(text)
    ? lacksScope(host)
    : notAuthenticated(host, `did not accept ${credentials.name}`, { hint: credentials.hint })
}

/** A redirect is never followed: it leads to a login page, or to a site that was not asked for. */
function redirectFailure({ header }: AnswerHead, { host, credentials, redact }: AnswerOptions): JiraError {
  const location = header('location') ?? ''
  if (/login|auth|sso|id\.atlassian\.com/i.test(location))
    return notAuthenticated(host, 'sends us to its login page', { hint: credentials.hint })
  const target = redact(URL.parse(location)?.host || 'another page')
  return brokenAnswer(host, 'answered', `with a redirect to ${target}`)
}

/**
 * What Jira says in the body of a refusal, as one line; empty where it says nothing that can be read. Most endpoints
 * answer `{errorMessages, errors: {field: message}}`, bulk ones `{errors: [{message}]}`, gateways a page or plain text.
 */
function saidByJira(text: string): string {
  const body = parsed(text)
  if (!isObject(body)) return ''
  const general = Array.isArray(body['errorMessages']) ? (body['errorMessages'] as unknown[]) : []
  const errors = body['errors']
  const listed = Array.isArray(errors)
    ? errors.map((error) => (isObject(error) ? error['message'] : null))
    : []
  const byField = isObject(errors)
    ? Object.entries(errors).map(([field, said]) => `${field}: ${String(said)}`)
    : []
  return [...general, ...listed, ...byField].filter((said) => typeof said === 'string').join(' ')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The text of a body, and what is wrong with it where it has none. */
type BodyText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly wrong: 'too-large' | 'cut' | 'encoding' }

/** Unpacks a body and reads it as UTF-8. `maxBytes` is the most that it may be as unpacked. */
export async function readBody(body: Buffer, encoding: string | null, maxBytes: number): Promise<BodyText> {
  if (encoding === null || encoding === 'identity' || body.byteLength === 0) {
    return { ok: true, text: body.toString('utf8') }
  }
  if (encoding.toLowerCase() !== 'gzip') return { ok: false, wrong: 'encoding' }
  try {
    return { ok: true, text: (await unzip(body, { maxOutputLength: maxBytes })).toString('utf8') }
  } catch (error) {
    return { ok: false, wrong: error instanceof RangeError ? 'too-large' : 'cut' }
  }
}
