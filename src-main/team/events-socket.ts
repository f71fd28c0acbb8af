import { WebSocket, type RawData } from 'ws'
import type { AppError } from '../../src-shared/errors/app-error.ts'
import { ExchangeFailure } from '../jira/network/exchange.ts'
import type { Network } from '../jira/network/network.ts'
import { failureOf, headersOf, type TeamTimeouts } from './ask.ts'
import { behindIsAway, brokenAnswer, noAnswer, notOurs, signedOut } from './faults.ts'
import { VERSION_HEADER } from '../../src-shared/contract/version.ts'

/** No event of ours is longer, in bytes. */
const MAX_EVENT_BYTES = 8 * 2 ** 20

const POLICY_VIOLATION = 1008
const TOO_LARGE = 1009

interface EventsOptions {
  readonly url: URL
  readonly network: Network
  readonly timeouts: TeamTimeouts
  readonly token: string
  readonly onMessage: (text: string) => void
  readonly signal: AbortSignal
}

export interface EventsSocket {
  /** Resolves when the socket has ended, with why. `tokenEnded`: the server takes the token no more. */
  readonly ended: Promise<{ readonly fault: AppError; readonly tokenEnded: boolean }>
}

/**
 * Opens the socket on which a team server tells its events, until the signal's abort. Throws an AppError where it cannot be
 * opened. A server that falls silent ends it, as a network that lost the connection without a word.
 */
export async function openEvents(options: EventsOptions): Promise<EventsSocket> {
  const { url, network, timeouts, token, onMessage, signal } = options
  const { host } = url
  const carrier = await network.openSocket(url, signal).catch((error: unknown) => {
    signal.throwIfAborted()
    if (!(error instanceof ExchangeFailure)) throw error
    const way = network.wayTo(url)
    throw failureOf(error, { url, way, network, request: {}, firstByteMs: 0, lateMs: null })
  })
  const socket = new WebSocket(new URL('/api/events', url), {
    createConnection: () => carrier as never,
    headers: headersOf({ token }),
    handshakeTimeout: timeouts.firstByteMs,
    maxPayload: MAX_EVENT_BYTES,
    perMessageDeflate: false,
    followRedirects: false,
  })
  const cut = (): void => socket.terminate()
  signal.addEventListener('abort', cut, { once: true })
  const { promise: ended, resolve: end } = Promise.withResolvers<Awaited<EventsSocket['ended']>>()
  let silence = setTimeout(cut, timeouts.silenceMs)
  const heard = (): void => {
    clearTimeout(silence)
    silence = setTimeout(cut, timeouts.silenceMs)
  }
  socket.on('ping', heard)
  socket.on('message', (data: RawData, isBinary: boolean) => {
    heard()
    if (!isBinary) onMessage((data as Buffer).toString('utf8'))
  })
  let tooLarge = false
  socket.on('error', (error: Error & { code?: string }) => {
    tooLarge = error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH'
  })
  socket.on('close', (code) => {
    clearTimeout(silence)
    signal.removeEventListener('abort', cut)
    const fault =
      tooLarge || code === TOO_LARGE
        ? brokenAnswer(host, `with an event of more than ${MAX_EVENT_BYTES / 2 ** 20} MiB`)
        : noAnswer(host, 'ended the connection, or was lost from the network', false)
    end({ fault, tokenEnded: code === POLICY_VIOLATION })
  })
  await opened(socket, host, timeouts.firstByteMs)
  signal.throwIfAborted()
  return { ended }
}

/** Throws how the server refused to open it. */
async function opened(socket: WebSocket, host: string, firstByteMs: number): Promise<void> {
  const fromMs = performance.now()
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('unexpected-response', (_request, answer) => {
      const { statusCode: status = 0, headers } = answer
      answer.destroy()
      socket.terminate()
      reject(refused(host, status, headers[VERSION_HEADER] !== undefined))
    })
    socket.once('error', () =>
      reject(
        performance.now() - fromMs >= firstByteMs
          ? noAnswer(host, `did not open its events within ${firstByteMs / 1_000} s`, false)
          : notOurs(host, 'it does not open a WebSocket, which a proxy in between may not let through'),
      ),
    )
  })
}

function refused(host: string, status: number, isOurs: boolean): AppError {
  if (status === 401 && isOurs) return signedOut(host)
  if (status === 429 || status === 503) {
    return noAnswer(host, `has no room for one more who listens (HTTP ${status})`, false)
  }
  if (status >= 500) return behindIsAway(host, status)
  return notOurs(
    host,
    `it does not open a WebSocket (HTTP ${status}), which a proxy in between may not let through`,
  )
}
