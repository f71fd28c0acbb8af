import type { IncomingHttpHeaders } from 'node:http'
import type { Dispatcher } from 'undici'
import errors from 'undici/lib/core/errors.js'

interface Exchange {
  readonly origin: string
  readonly path: string
  readonly method: string
  readonly headers: Record<string, string>
  readonly body: string | null
  /** Real milliseconds from the request being sent to the first byte of its answer. */
  readonly firstByteMs: number
  /** The largest body that is read, as it travels. */
  readonly maxBytes: number
  /** Asked right before the request is written; where it says no, it never is. */
  readonly mayLeave: () => boolean
}

export interface RawAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  /** As it travelled; null where it was larger than `maxBytes`. */
  readonly body: Buffer | null
}

/** No answer came. `sent`: whether the request may have arrived. `cause` is the system's or undici's error. */
export class ExchangeFailure extends Error {
  readonly sent: boolean

  constructor(sent: boolean, cause: unknown) {
    super('no answer', { cause })
    this.sent = sent
  }
}

/**
 * Sends one request and reads its answer whole. It uses undici's lowest layer, since only there it is known whether a
 * request that failed had been sent at all. Throws an ExchangeFailure, also when the signal aborts it.
 */
export function exchange(dispatcher: Dispatcher, request: Exchange, signal: AbortSignal): Promise<RawAnswer> {
  const { origin, path, method, headers, body, firstByteMs, maxBytes, mayLeave } = request
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | null = null
    let head: Omit<RawAnswer, 'body'> | null = null
    const chunks: Buffer[] = []
    let bytes = 0
    // undici's own clock for this goes in steps of half a second, and comes up to a whole one late.
    let firstByte: NodeJS.Timeout | undefined
    const end = (): void => {
      clearTimeout(firstByte)
      signal.removeEventListener('abort', abort)
    }
    const fail = (error: unknown): void => {
      end()
      reject(new ExchangeFailure(controller !== null, error))
    }
    const giveUp = (reason: unknown): void => {
      fail(reason)
      controller?.abort(new Error('given up'))
    }
    /** Of what is too large nothing is read that it says itself, and no more than `maxBytes` of what it does not say. */
    const refuse = (current: Dispatcher.DispatchController): void => {
      end()
      if (head !== null) resolve({ ...head, body: null })
      current.abort(new Error('too large'))
    }
    const abort = (): void => giveUp(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    dispatcher.dispatch(
      { origin, path, method, headers, body, headersTimeout: 0, bodyTimeout: 0 },
      {
        onRequestStart(started) {
          // It was still waiting for a connection when it was given up: it must not leave any more. Nor does it leave
          // twice: a request of which one write may have arrived is not written again over another connection.
          const isFirst = controller === null
          if (signal.aborted || !isFirst || !mayLeave()) return started.abort(new Error('given up'))
          controller = started
          firstByte = setTimeout(() => giveUp(new errors.HeadersTimeoutError()), firstByteMs)
        },
        onResponseStart(current, status, answerHeaders) {
          head = { status, headers: answerHeaders }
          if (status >= 200) clearTimeout(firstByte)
          if (Number(answerHeaders['content-length']) > maxBytes) refuse(current)
        },
        onResponseData(current, chunk) {
          bytes += chunk.byteLength
          if (bytes <= maxBytes) chunks.push(chunk)
          else refuse(current)
        },
        onResponseEnd() {
          end()
          if (head !== null) resolve({ ...head, body: Buffer.concat(chunks, bytes) })
        },
        onResponseError: (_controller, error) => fail(error),
      },
    )
  })
}
