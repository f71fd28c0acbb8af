import { ACCEPTED_ENCODING, readBody } from '../jira/answer.ts'
import { connectionProblem } from '../jira/network/connection-error.ts'
import { exchange, ExchangeFailure, type RawAnswer } from '../jira/network/exchange.ts'
import type { Network, Way } from '../jira/network/network.ts'
import { startDeadline } from '../jira/transport.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { CONTRACT_VERSION, VERSION_HEADER } from '../../src-shared/contract/version.ts'
import { hideSecrets } from '../secrets/hide-secrets.ts'
import { behindIsAway, brokenAnswer, noAnswer, notConnected, notOurs, untrusted } from './faults.ts'

/** Real milliseconds; that of connecting belongs to the network. */
export interface TeamTimeouts {
  /** From sending to the first byte of an answer. */
  readonly firstByteMs: number
  /** From the first byte to the last. */
  readonly restMs: number
  /** A socket on which the server says nothing for so long is dead: it pings every quarter of a minute. */
  readonly silenceMs: number
}

export const TEAM_TIMEOUTS: TeamTimeouts = { firstByteMs: 30_000, restMs: 30_000, silenceMs: 45_000 }

/** No answer of ours is longer. */
const MAX_ANSWER_BYTES = 32 * 2 ** 20

/** Of an answer that only says who somebody is. */
export const SMALL_ANSWER_BYTES = 64 * 1_024

/** Where a person gives the authority's certificate. */
const CA_FILE = 'the CA file (--ca)'

export interface TeamRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
  readonly token?: string
  /** Whether it may have changed something where no answer comes. */
  readonly changes?: boolean
  /** In place of the usual one. */
  readonly firstByteMs?: number
  readonly maxBytes?: number
}

/** Of a Jira TPM, known by what only its answers carry. */
export interface TeamAnswer {
  readonly status: number
  readonly retryAfter: string | null
  readonly data: unknown
}

interface Asking {
  readonly url: URL
  readonly network: Network
  readonly timeouts: TeamTimeouts
}

/**
 * Asks a team server once. Follows no redirect. Throws an AppError for everything but an answer of JSON: see
 * `faults.ts`; `cancelled` or the signal's own AppError where it is aborted.
 */
export async function askServer(
  { url, network, timeouts }: Asking,
  request: TeamRequest,
  signal: AbortSignal,
): Promise<TeamAnswer> {
  signal.throwIfAborted()
  const { firstByteMs = timeouts.firstByteMs, maxBytes = MAX_ANSWER_BYTES } = request
  const way = network.wayTo(url)
  const callMs = network.connectMs + firstByteMs + timeouts.restMs
  const deadline = startDeadline(callMs, signal)
  try {
    const raw = await exchange(
      way.dispatcher,
      {
        origin: url.origin,
        path: request.path,
        method: request.method,
        headers: headersOf(request),
        body: request.body === undefined ? null : JSON.stringify(request.body),
        firstByteMs,
        maxBytes,
        mayLeave: () => !deadline.signal.aborted,
      },
      deadline.signal,
    )
    return await answerOf(raw, url.host, maxBytes)
  } catch (error) {
    if (!(error instanceof ExchangeFailure)) throw error
    signal.throwIfAborted()
    throw failureOf(error, {
      url,
      way,
      network,
      request,
      firstByteMs,
      lateMs: deadline.passed() ? callMs : null,
    })
  } finally {
    deadline.clear()
  }
}

export function headersOf({ body, token }: Pick<TeamRequest, 'body' | 'token'>): Record<string, string> {
  return {
    accept: 'application/json',
    'accept-encoding': ACCEPTED_ENCODING,
    'user-agent': 'jira-tpm',
    [VERSION_HEADER]: String(CONTRACT_VERSION),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  }
}

/** The AppError of an exchange without an answer. */
export function failureOf(
  failure: ExchangeFailure,
  {
    url: { host },
    way: { proxy },
    network: { connectMs },
    request,
    firstByteMs,
    lateMs,
  }: {
    readonly url: URL
    readonly way: Pick<Way, 'proxy'>
    readonly network: Pick<Network, 'connectMs'>
    readonly request: Pick<TeamRequest, 'changes'>
    readonly firstByteMs: number
    readonly lateMs: number | null
  },
): AppError {
  const changes = failure.sent && request.changes === true
  if (lateMs !== null && failure.sent) {
    return noAnswer(host, `did not finish its answer within ${lateMs / 1_000} s`, changes)
  }
  const problem = connectionProblem(failure, { proxy, connectMs, redact: hideSecrets, caFile: CA_FILE })
  switch (problem.kind) {
    case 'closed':
      return new AppError('cancelled', 'The connection to the server was closed.')
    case 'untrusted':
      return untrusted(host, problem.problem, problem.hint)
    case 'not-connected':
      return notConnected(host, problem)
    case 'silent':
      return noAnswer(
        host,
        `took the connection, and did not begin to answer within ${firstByteMs / 1_000} s`,
        changes,
      )
    default:
      return noAnswer(host, 'broke the connection before its answer was whole', changes)
  }
}

async function answerOf(raw: RawAnswer, host: string, maxBytes: number): Promise<TeamAnswer> {
  const { status, headers, body } = raw
  const isOurs = headers[VERSION_HEADER] !== undefined
  if (status >= 300 && status < 400) {
    const to = URL.parse(headers.location ?? '', `https://${host}`)?.host ?? 'another page'
    throw notOurs(host, `it sends us on to ${hideSecrets(to)}, which is not followed`)
  }
  const tooLarge = `with more than ${Math.round(maxBytes / 2 ** 20)} MiB, which is not read`
  if (body === null) throw isOurs ? brokenAnswer(host, tooLarge) : notOurs(host, `it answered ${tooLarge}`)
  const read = await readBody(body, headers['content-encoding'] ?? null, maxBytes)
  if (!read.ok && read.wrong === 'too-large') throw brokenAnswer(host, tooLarge)
  const data = read.ok ? parsed(read.text) : undefined
  if (data !== undefined && isOurs) return { status, retryAfter: headers['retry-after'] ?? null, data }
  if (status >= 500) throw behindIsAway(host, status)
  if (isOurs) throw brokenAnswer(host, 'with JSON that breaks off')
  const type = headers['content-type'] ?? ''
  throw notOurs(
    host,
    type.includes('html') ? `it shows a web page (HTTP ${status})` : `HTTP ${status} of another program`,
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
