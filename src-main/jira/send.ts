import type { Clock } from '../runtime/clock.ts'
import type { Metrics } from '../metrics/metrics.ts'
import type { Failure } from './errors.ts'
import type { AuthGate } from './gate.ts'
import type { RateLimiter } from './rate-limiter.ts'
import { withRetries, type RetryPolicy } from './retry.ts'
import type { HttpAnswer, HttpRequest, Transport } from './transport.ts'

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
export function createSend({ transport, gate, limiter, clock, retryPolicy: patience, metrics }: SendParts): SendToJira {
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
      { repeats, clock, signal, retryPolicy: patience, onWaited },
    )
}
