import { NO_METRICS, type JiraStatus, type Metrics } from '../metrics/metrics.ts'
import type { Clock } from '../runtime/clock.ts'
import { createRedactor, type JiraCredentials } from './credentials.ts'
import type { Failure } from './errors.ts'
import { OPEN_AUTH_GATE, type AuthGate } from './auth-gate.ts'
import { createNetwork, type Network } from './network/network.ts'
import { createRateLimiter, type RateLimiter } from './rate-limiter.ts'
import { withRetries, type RetryPolicy } from './retry.ts'
import { siteUrl } from './site-url.ts'
import {
  createTransport,
  TIMEOUTS,
  type HttpAnswer,
  type HttpRequest,
  type Timeouts,
  type Transport,
} from './transport.ts'

/** What a Jira's adapter speaks through: one address, one account, with all care taken. */
export type Link = ReturnType<typeof createLink>

/** How long answers may take, and what observes them. */
export interface RequestPolicy {
  readonly timeouts?: Partial<Timeouts>
  /** How long a call may wait for its repeats; as a program in the background where absent. */
  readonly retryPolicy?: RetryPolicy | undefined
  /** See `TransportOptions`. */
  readonly onSilence?: ((host: string, waitedMs: number) => void) | undefined
  /** Called for every answer, also for one that is an error. */
  readonly onAnswer?: (() => void) | undefined
  /** Called when a request is to wait for a limit to be lifted: this machine's epoch ms. */
  readonly onWait?: ((host: string, untilMs: number) => void) | undefined
}

export interface LinkOptions extends RequestPolicy {
  /** The API's address, which may have a path of its own: `/rest/api/…` comes below it. */
  readonly url: string
  readonly credentials: JiraCredentials
  readonly clock: Clock
  /** Direct connections and the usual certificates where absent. */
  readonly network?: Network
  /** Shared by all links of a site; one that is always open where absent. */
  readonly gate?: AuthGate
  /** Shared by all links of a site; one of its own where absent. */
  readonly limiter?: RateLimiter
  /** Called for each request. */
  readonly metrics?: Metrics | undefined
}

/** Each with the first of these that fits; the keys and ids in a path are no part of it. */
const KINDS: readonly (readonly [kind: string, method: string | null, path: RegExp])[] = [
  ['search', null, /^\/search(\/jql)?$/],
  ['count', null, /^\/search\/approximate-count$/],
  ['bulk-fetch', null, /^\/issue\/bulkfetch$/],
  ['create-meta', null, /^\/issue\/createmeta\//],
  ['create', 'POST', /^\/issue$/],
  ['delete', 'DELETE', /^\/issue\/[^/]+$/],
  ['issue', null, /^\/issue\/[^/]+(\/|$)/],
  ['myself', null, /^\/myself$/],
  ['server', null, /^\/serverInfo$/],
  ['projects', null, /^\/project(\/|$)/],
  ['priorities', null, /^\/priority(\/|$)/],
  ['permissions', null, /^\/mypermissions$/],
  ['webhooks', null, /^\/rest\/(jira-)?webhooks?\//],
]

const MAX_ANSWER_BYTES = 16 * 2 ** 20

/** Throws `not-configured` where the address is none. Connects to nothing yet. */
export function createLink(options: LinkOptions) {
  const { credentials, clock, network = createNetwork(), gate = OPEN_AUTH_GATE, retryPolicy } = options
  const { metrics = NO_METRICS } = options
  const site = siteUrl(options.url)
  const { host } = site
  const limiter = options.limiter ?? createRateLimiter({ clock, host, metrics, onWait: options.onWait })
  const redact = createRedactor([...credentials.secrets, ...network.secrets])
  const transport = createTransport({
    site,
    credentials,
    network,
    timeouts: { ...TIMEOUTS, ...options.timeouts },
    maxBytes: MAX_ANSWER_BYTES,
    redact,
    onSilence: options.onSilence,
    onAnswer(request, head) {
      options.onAnswer?.()
      limiter.onAnswer(request, head)
    },
    onEnd: (request, { status, tookMs }) => {
      const labels = { endpoint: endpointKind(request), status: statusLabel(status) }
      metrics.jiraRequests.observe(labels, tookMs / 1_000)
    },
  })
  return {
    /** The address's host and port, for error sentences. */
    host,
    send: createSend({ transport, gate, limiter, clock, retryPolicy, metrics }),
    /** Takes secrets out of what the other side says. */
    redact,
    /** Carries the waits between repeats. */
    clock,
  }
}

function statusLabel(status: number | null): JiraStatus {
  if (status === null) return 'none'
  if (status === 429) return '429'
  return status < 300 ? '2xx' : status < 400 ? '3xx' : status < 500 ? '4xx' : '5xx'
}

export interface SendOptions {
  /** The failures after which it is sent again. */
  readonly repeats: ReadonlySet<Failure>
  readonly signal: AbortSignal
  /** Asked right before the request goes out, each time that it does. Where it says no, `cancelled` is thrown, unsent. */
  readonly mayLeave?: (() => boolean) | undefined
}

/** Sends a request when its turn has come, and again where that is harmless. Throws what the transport throws. */
export type SendToJira = (request: HttpRequest, options: SendOptions) => Promise<HttpAnswer>

interface SendParts {
  readonly transport: Transport
  readonly gate: AuthGate
  readonly limiter: RateLimiter
  readonly clock: Clock
  readonly retryPolicy?: RetryPolicy | undefined
  readonly metrics?: Pick<Metrics, 'jiraWaits'>
}

/** Puts a transport behind the site's gate and its limits. */
export function createSend({ transport, gate, limiter, clock, retryPolicy, metrics }: SendParts): SendToJira {
  const onWaited = (after: Failure, waitedMs: number): void => {
    if (after === 'limited') metrics?.jiraWaits.observe({}, waitedMs / 1_000)
  }
  return (request, { repeats, signal, mayLeave }) =>
    withRetries(
      async () => {
        gate.pass()
        await limiter.turn(request, signal)
        // It may have been shut while we waited.
        const pass = gate.pass()
        try {
          return await transport(request, signal, mayLeave)
        } catch (error) {
          gate.failed(error, pass)
          throw error
        }
      },
      { repeats, clock, signal, retryPolicy, onWaited },
    )
}

/** What a request asks of Jira, as one of a dozen words, or `other`. */
export function endpointKind({ method, path }: Pick<HttpRequest, 'method' | 'path'>): string {
  const rest = path.replace(/^\/rest\/api\/\d+/, '')
  const found = KINDS.find(([, only, fits]) => (only === null || only === method) && fits.test(rest))
  return found?.[0] ?? 'other'
}
