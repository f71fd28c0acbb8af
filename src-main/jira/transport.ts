import { AppError } from '../../src-shared/errors/app-error.ts'
import { readAnswer } from './answer.ts'
import { readText } from './body.ts'
import { connectionError } from './connection-error.ts'
import { startDeadline } from './deadline.ts'
import { cancelled, timedOut } from './errors.ts'
import { requestUrl, type SearchParams } from './request-url.ts'

/** One request, its path below the site's address. */
interface HttpRequest {
  readonly method: string
  readonly path: string
  readonly searchParams?: SearchParams | undefined
  readonly body?: unknown
}

interface HttpAnswer {
  /** The parsed JSON; undefined where there was no content. */
  readonly data: unknown
  /** The site's clock when it answered: its `Date` header, epoch ms, whole seconds. NaN without one. */
  readonly siteMs: number
}

/** Sends a request once. Throws a JiraError for whatever is not an answer of Jira's to someone it knows. */
export type Transport = (request: HttpRequest, signal: AbortSignal) => Promise<HttpAnswer>

export interface TransportOptions {
  readonly site: URL
  /** The whole `Authorization` header. It goes to the site alone: redirects are not followed. */
  readonly authorization: string
  /** Real milliseconds for a whole call, from connecting to the last byte. */
  readonly timeoutMs: number
  /** The largest body that is read, unpacked. */
  readonly maxBytes: number
  /** Takes secrets out of what the other side says. */
  readonly redact: (text: string) => string
}

/** The way to one site: Node's fetch with a time-out, a size limit and distrust of what comes back. */
export function createTransport(options: TransportOptions): Transport {
  const { site, timeoutMs, maxBytes } = options
  const { host } = site
  return async (request, signal) => {
    if (signal.aborted) throw cancelled('unsent')
    const deadline = startDeadline(timeoutMs, signal)
    try {
      const response = await fetch(requestUrl(site, request.path, request.searchParams), {
        method: request.method,
        headers: requestHeaders(request, options.authorization),
        redirect: 'manual',
        signal: deadline.signal,
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      })
      const data = readAnswer(response, await readText(response.body, maxBytes), { ...options, host })
      return { data, siteMs: Date.parse(response.headers.get('date') ?? '') }
    } catch (error) {
      if (error instanceof AppError) throw error
      if (signal.aborted) throw cancelled('abandoned')
      throw deadline.passed() ? timedOut(host, timeoutMs) : connectionError(error, host)
    } finally {
      deadline.clear()
    }
  }
}

function requestHeaders(request: HttpRequest, authorization: string): Record<string, string> {
  return {
    accept: 'application/json',
    'user-agent': 'jira-tpm',
    authorization,
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
  }
}
