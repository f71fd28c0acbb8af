import { AppError } from '../../src-shared/errors/app-error.ts'
import {
  ACCEPTED_ENCODING,
  answeredFor,
  answerHead,
  readAnswer,
  readBody,
  type AnswerHead,
} from './answer.ts'
import { connectionError } from './network/connection-error.ts'
import type { JiraCredentials } from './credentials.ts'
import { brokenAnswer, cancelled, timedOut } from './errors.ts'
import { exchange, ExchangeFailure, type RawAnswer } from './network/exchange.ts'
import type { Network, Way } from './network/network.ts'
import { requestUrl, type SearchParams } from './site-url.ts'

/** One request, its path below the site's address. */
export interface HttpRequest {
  readonly method: string
  readonly path: string
  readonly searchParams?: SearchParams | undefined
  readonly body?: unknown
}

export interface HttpAnswer {
  /** The parsed JSON; undefined where there was no content. */
  readonly data: unknown
  /** The site's clock when it answered: its `Date` header, epoch ms, whole seconds. NaN without one. */
  readonly siteMs: number
  /** For whom Jira says it answered: Cloud's account id, Data Center's user name; null where it names no account. */
  readonly accountId: string | null
  /** Real milliseconds from sending to the whole answer. */
  readonly tookMs: number
}

/**
 * Sends a request once. Throws a JiraError for whatever is not an answer of Jira's to someone it knows. `mayLeave`: see
 * `SendOptions`.
 */
export type Transport = (
  request: HttpRequest,
  signal: AbortSignal,
  mayLeave?: () => boolean,
) => Promise<HttpAnswer>

/** Real milliseconds. That of connecting belongs to the network. */
export interface Timeouts {
  /** From sending to the first byte of an answer. */
  readonly firstByteMs: number
  /** For a whole call, from connecting to the last byte. */
  readonly callMs: number
}

export const TIMEOUTS: Timeouts = { firstByteMs: 30_000, callMs: 60_000 }

export interface TransportOptions {
  readonly site: URL
  /** They go to the site alone: redirects are not followed. */
  readonly credentials: JiraCredentials
  readonly network: Network
  readonly timeouts: Timeouts
  /** The largest body that is read, unpacked. */
  readonly maxBytes: number
  /** Takes secrets out of what the other side says. */
  readonly redact: (text: string) => string
  /** Called for every answer, also for one that is an error. */
  readonly onAnswer?: (request: HttpRequest, head: AnswerHead) => void
  /** Called for a request that has no whole answer after 5 s, and every 10 s from then on. */
  readonly onSilence?: ((host: string, waitedMs: number) => void) | undefined
  /** Called with how each request ended: with which status, null where nothing answered. Not of those that were given up. */
  readonly onEnd?: (
    request: HttpRequest,
    end: { readonly status: number | null; readonly tookMs: number },
  ) => void
}

/** The way to one site: undici with time-outs, a size limit and distrust of what comes back. */
export function createTransport(options: TransportOptions): Transport {
  const { site, timeouts, network } = options
  const { host } = site
  return async (request, signal, mayLeave = () => true) => {
    if (signal.aborted) throw cancelled('unsent')
    const way = network.wayTo(site)
    const deadline = startDeadline(timeouts.callMs, signal)
    const startedMs = performance.now()
    const answered = watchSilence((waitedMs) => options.onSilence?.(host, waitedMs))
    let heldBack = false
    let status: number | null = null
    const onLeaving = (): boolean => !(heldBack = !mayLeave())
    try {
      const raw = await ask(way, request, { options, signal: deadline.signal, mayLeave: onLeaving })
      const head = answerHead(raw.status, raw.headers)
      status = head.status
      options.onAnswer?.(request, head)
      const data = readAnswer(head, await bodyText(raw, head, options), { ...options, host })
      return {
        data,
        siteMs: Date.parse(head.header('date') ?? ''),
        accountId: answeredFor(head),
        tookMs: performance.now() - startedMs,
      }
    } catch (error) {
      if (!(error instanceof ExchangeFailure)) throw error
      if (heldBack) throw cancelled('unsent')
      throw transportFailure(error, way, { options, deadline, signal })
    } finally {
      deadline.clear()
      answered()
      const isGivenUp = heldBack || (status === null && signal.aborted)
      if (!isGivenUp) options.onEnd?.(request, { status, tookMs: performance.now() - startedMs })
    }
  }
}

const FIRST_SILENCE_MS = 5_000

const NEXT_SILENCE_MS = 10_000

/** Until the returned function is called. */
function watchSilence(onSilence: (waitedMs: number) => void): () => void {
  const wait = (waitedMs: number, ms: number): NodeJS.Timeout =>
    setTimeout(() => {
      onSilence(waitedMs + ms)
      timer = wait(waitedMs + ms, NEXT_SILENCE_MS)
    }, ms)
  let timer = wait(0, FIRST_SILENCE_MS)
  return () => clearTimeout(timer)
}

function ask(
  { dispatcher }: Way,
  request: HttpRequest,
  { options, signal, mayLeave }: { options: TransportOptions; signal: AbortSignal; mayLeave: () => boolean },
): Promise<RawAnswer> {
  const { origin, pathname, search } = requestUrl(options.site, request.path, request.searchParams)
  const hasBody = request.body !== undefined
  return exchange(
    dispatcher,
    {
      origin,
      path: pathname + search,
      method: request.method,
      headers: {
        accept: 'application/json',
        'accept-encoding': ACCEPTED_ENCODING,
        'user-agent': 'jira-tpm',
        ...(options.credentials.authorization === null
          ? {}
          : { authorization: options.credentials.authorization }),
        ...(hasBody ? { 'content-type': 'application/json' } : {}),
      },
      body: hasBody ? JSON.stringify(request.body) : null,
      firstByteMs: options.timeouts.firstByteMs,
      maxBytes: options.maxBytes,
      mayLeave,
    },
    signal,
  )
}

/** Null where it is too large. */
async function bodyText(
  { body }: RawAnswer,
  head: AnswerHead,
  { site, maxBytes }: TransportOptions,
): Promise<string | null> {
  if (body === null) return null
  const read = await readBody(body, head.header('content-encoding'), maxBytes)
  if (read.ok) return read.text
  if (read.wrong === 'too-large') return null
  throw read.wrong === 'cut'
    ? brokenAnswer(site.host, 'cut', 'with a body that breaks off')
    : brokenAnswer(site.host, 'shape', 'in an encoding that was not asked for')
}

function transportFailure(
  failure: ExchangeFailure,
  { proxy }: Way,
  { options, deadline, signal }: { options: TransportOptions; deadline: Deadline; signal: AbortSignal },
): AppError {
  const { site, timeouts, network, redact } = options
  const { host } = site
  if (signal.aborted) return cancelled(failure.sent ? 'abandoned' : 'unsent')
  if (deadline.passed() && failure.sent) return timedOut(host, timeouts.callMs)
  return connectionError(failure, {
    host,
    proxy,
    connectMs: network.connectMs,
    firstByteMs: timeouts.firstByteMs,
    redact,
  })
}

/** A signal that also ends a call when its time is up, and says which of the two it was. */
type Deadline = ReturnType<typeof startDeadline>

/** Ends at `timeoutMs` real milliseconds from now, or with `signal`. */
export function startDeadline(timeoutMs: number, signal: AbortSignal) {
  const controller = new AbortController()
  const aborted: AbortSignal = controller.signal
  let passed = false
  const timer = setTimeout(() => {
    passed = true
    controller.abort()
  }, timeoutMs)
  const follow = (): void => controller.abort()
  signal.addEventListener('abort', follow, { once: true })
  return {
    signal: aborted,
    passed: (): boolean => passed,
    /** Lets go of the timer and of the caller's signal. To be called when the call has ended, whichever way. */
    clear() {
      clearTimeout(timer)
      signal.removeEventListener('abort', follow)
    },
  }
}
