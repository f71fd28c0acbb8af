import type { Clock } from '../runtime/clock.ts'
import { NO_METRICS, type JiraStatus, type Metrics } from '../metrics/metrics.ts'
import type { JiraCredentials } from './credentials.ts'
import { endpointKind } from './endpoint-kind.ts'
import { OPEN_AUTH_GATE, type AuthGate } from './gate.ts'
import { createNetwork, type Network } from './network.ts'
import { createRateLimiter, type RateLimiter } from './rate-limiter.ts'
import { createRedactor } from './redact.ts'
import type { RetryPolicy } from './retry.ts'
import { createSend, type SendToJira } from './send.ts'
import { siteUrl } from './site-url.ts'
import { createTransport, TIMEOUTS, type Timeouts } from './transport.ts'

/** What a Jira's adapter speaks through: one address, one account, with all care taken. */
export interface Link {
  /** The address's host and port, for error sentences. */
  readonly host: string
  readonly send: SendToJira
  /** Takes secrets out of what the other side says. */
  readonly redact: (text: string) => string
  /** Carries the waits between repeats. */
  readonly clock: Clock
}

/** How long is waited for answers, and who hears of it. */
export interface RequestPolicy {
  readonly timeouts?: Partial<Timeouts>
  /** How long a call may wait for its repeats; as a program that nobody waits for where absent. */
  readonly retryPolicy?: RetryPolicy | undefined
  /** See `TransportOptions`. */
  readonly onSilence?: ((host: string, waitedMs: number) => void) | undefined
  /** Hears of every answer, also of one that is an error. */
  readonly onAnswer?: (() => void) | undefined
  /** Hears when a request is to wait for a limit to be lifted: this machine's epoch ms. */
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
  /** Hears of each request. */
  readonly metrics?: Metrics | undefined
}

const MAX_ANSWER_BYTES = 16 * 2 ** 20

/** Throws `not-configured` where the address is none. Connects to nothing yet. */
export function createLink(options: LinkOptions): Link {
  const { credentials, clock, network = createNetwork(), gate = OPEN_AUTH_GATE, retryPolicy: patience } = options
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
  return { host, send: createSend({ transport, gate, limiter, clock, retryPolicy: patience, metrics }), redact, clock }
}

function statusLabel(status: number | null): JiraStatus {
  if (status === null) return 'none'
  if (status === 429) return '429'
  return status < 300 ? '2xx' : status < 400 ? '3xx' : status < 500 ? '4xx' : '5xx'
}
