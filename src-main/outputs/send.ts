import { promisify } from 'node:util'
import { plainText } from '../../src-shared/domain/text/plain-text.ts'
import type { NetworkConfig } from '../config/environment.ts'
import { answerHead } from '../jira/answer.ts'
import { connectionError } from '../jira/network/connection-error.ts'
import { exchange, ExchangeFailure, type RawAnswer } from '../jira/network/exchange.ts'
import { retryAfterMs } from '../jira/network/limit-headers.ts'
import { createNetwork, type Network } from '../jira/network/network.ts'
import { startDeadline } from '../jira/transport.ts'
import { hideSecrets } from '../secrets/hide-secrets.ts'
import { AddressRefused, guardedLookup, literalAddress, refusedAddress, type LookUpAll } from './addresses.ts'

/** One message as it goes over the wire. */
export interface OutRequest {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface OutAnswer {
  /** By an HTTP status of 2xx. */
  readonly taken: boolean
  /** What it said, or why it could not be asked, for a person. No secret is in it. */
  readonly answer: string
  /** For how long it asked us to wait. */
  readonly retryAfterMs: number | null
}

interface SendOptions {
  readonly allowPrivate: boolean
  /** Asked right before the request is written. */
  readonly mayLeave: () => boolean
  readonly signal: AbortSignal
}

/** Real milliseconds. */
export const SEND_TIMEOUTS = { connectMs: 5_000, callMs: 10_000 }

const MAX_ANSWER_BYTES = 4_096
const MAX_SHOWN = 200

interface SenderParts {
  readonly proxies: NetworkConfig
  readonly timeouts?: typeof SEND_TIMEOUTS
  /** How names are resolved; as the system does where absent. */
  readonly lookUp?: LookUpAll | undefined
}

export type Sender = ReturnType<typeof createSender>

/**
 * Sends messages to addresses that somebody typed: to what resolves to an allowed address when it connects, once, without
 * following a redirect, with little read of the answer and within a time.
 */
export function createSender({ proxies, timeouts = SEND_TIMEOUTS, lookUp }: SenderParts) {
  const { connectMs, callMs } = timeouts
  const networkOf = (allowPrivate: boolean): Network =>
    createNetwork({ proxies, connectMs, lookup: guardedLookup(allowPrivate, lookUp) })
  const open = networkOf(true)
  const guarded = networkOf(false)
  const refusalOf = (url: URL, allowPrivate: boolean): Promise<string | null> =>
    refusalBeforehand(url, {
      allowPrivate,
      lookUp,
      byProxy: (allowPrivate ? open : guarded).wayTo(url).proxy !== null,
    })
  return {
    /** Null where it was not sent, because it might not leave any more or was given up. Throws nothing else. */
    async send(
      request: OutRequest,
      { allowPrivate, mayLeave, signal }: SendOptions,
    ): Promise<OutAnswer | null> {
      const { url } = request
      const { dispatcher, proxy } = (allowPrivate ? open : guarded).wayTo(url)
      const deadline = startDeadline(callMs, signal)
      let heldBack = false
      try {
        const refusal = await refusalOf(url, allowPrivate)
        if (refusal !== null) return refused(url, refusal)
        const raw = await exchange(
          dispatcher,
          {
            origin: url.origin,
            path: url.pathname + url.search,
            method: 'POST',
            headers: { 'content-type': 'application/json', 'user-agent': 'jira-tpm', ...request.headers },
            body: request.body,
            firstByteMs: callMs,
            maxBytes: MAX_ANSWER_BYTES,
            mayLeave: () => !(heldBack = !mayLeave()),
          },
          deadline.signal,
        )
        return answerOf(raw)
      } catch (error) {
        if (!(error instanceof ExchangeFailure)) throw error
        if (heldBack || signal.aborted) return null
        if (error.cause instanceof AddressRefused) return refused(url, error.cause.message)
        if (deadline.passed()) return failed(`${url.host} did not answer within ${callMs / 1_000} s.`)
        const facts = { host: url.host, proxy, connectMs, firstByteMs: callMs, redact: hideSecrets }
        return failed(connectionError(error, facts).what)
      } finally {
        deadline.clear()
      }
    },
    close: async () => void (await Promise.all([open.close(), guarded.close()])),
  }
}

interface Beforehand {
  readonly allowPrivate: boolean
  readonly byProxy: boolean
  readonly lookUp: LookUpAll | undefined
}

/**
 * What a connection's own look-up does not see: an address that is none to be looked up, and a name that a proxy resolves.
 * One that only the proxy knows is left to it.
 */
async function refusalBeforehand(
  url: URL,
  { allowPrivate, byProxy, lookUp }: Beforehand,
): Promise<string | null> {
  const literal = literalAddress(url.hostname)
  if (literal !== null) return refusedAddress(literal, allowPrivate)
  if (!byProxy) return null
  try {
    await promisify(guardedLookup(allowPrivate, lookUp))(url.hostname, {})
    return null
  } catch (error) {
    return error instanceof AddressRefused ? error.message : null
  }
}

function refused(url: URL, reason: string): OutAnswer {
  return failed(`Not sent: ${url.hostname} is ${reason}.`)
}

function failed(answer: string): OutAnswer {
  return { taken: false, answer, retryAfterMs: null }
}

function answerOf({ status, headers, body }: RawAnswer): OutAnswer {
  const text = body === null || headers['content-encoding'] !== undefined ? '' : body.toString('utf8')
  const taken = status >= 200 && status < 300
  return {
    taken,
    answer: `HTTP ${status}${status >= 300 && status < 400 ? ', a redirect, which is not followed' : ''}${quoted(text)}`,
    retryAfterMs: taken ? null : retryAfterMs(answerHead(status, headers)),
  }
}

/** The beginning of what it said, on one line. */
function quoted(text: string): string {
  const line = plainText(hideSecrets(text).trim().replaceAll(/\s+/g, ' '))
  if (line === '') return ''
  return `: ${line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line}`
}
