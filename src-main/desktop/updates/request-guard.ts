import { EventEmitter } from 'node:events'
import { AppError } from '../../../src-shared/errors/app-error.ts'

/** What one piece of work may cost, whatever the server answers: the bytes of all answers, and requests with redirects. */
interface Budget {
  readonly bytes: number
  readonly requests: number
}

/** The part of Electron's request that is used; Node's has it, too. */
export interface OpenRequest {
  on(event: string, listener: (...args: never[]) => void): unknown
  emit(event: string, error: Error): unknown
  abort(): void
  end(): void
}

/** An answer that is being read. */
export interface OpenResponse {
  on(event: string, listener: (...args: never[]) => void): unknown
  emit(event: string, error: Error): unknown
}

export interface RequestGuard {
  /** From now on as much as this is allowed. */
  begin(budget: Budget): void
  /**
   * Sends a request by `send`, if it may be sent, and passes its answer to `callback`. What is refused or ends early
   * emits `error`, as a network does: a throw would end the program where a redirect asks for a request.
   */
  send(
    protocol: string | null | undefined,
    callback: (response: OpenResponse) => void,
    send: (callback: (response: OpenResponse) => void) => OpenRequest,
  ): OpenRequest
}

/** So long a server may be silent (ms): Electron's requests have no time-out of their own. */
const SILENCE_MS = 30_000

/**
 * Conditions of our own on what electron-updater asks of a server: https only, at each redirect anew; no endless answer,
 * no endless chain, no endless wait. By itself it keeps an announcement of any length in memory, and follows anywhere.
 */
export function createRequestGuard(silenceMs: number = SILENCE_MS): RequestGuard {
  let bytes = 0
  let requests = 0

  const watchAnswer = (request: OpenRequest, response: OpenResponse): void => {
    const timer = setTimeout(() => end(request, response, silent()), silenceMs)
    response.on('data', (chunk: Buffer | string) => {
      timer.refresh()
      bytes -= Buffer.byteLength(chunk)
      if (bytes < 0) end(request, response, untrue('the server sent more than it may'))
    })
    for (const event of ['end', 'error', 'close']) response.on(event, () => clearTimeout(timer))
  }

  return {
    begin(budget) {
      bytes = budget.bytes
      requests = budget.requests
    },
    send(protocol, callback, send) {
      if (protocol !== 'https:') return refused(untrue('it was to come over a connection that is not https'))
      requests -= 1
      if (requests < 0) return refused(untrue('the server led from one address to the next without end'))
      const request = send((response) => {
        callback(response)
        watchAnswer(request, response) // a stream flows with its first listener: whoever reads it comes first
      })
      const timer = setTimeout(() => end(request, request, silent()), silenceMs)
      for (const event of ['response', 'redirect', 'error', 'abort', 'close']) {
        request.on(event, () => clearTimeout(timer))
      }
      return request
    },
  }
}

function end(request: OpenRequest, told: OpenRequest | OpenResponse, error: Error): void {
  request.abort()
  told.emit('error', error)
}

function refused(error: Error): OpenRequest {
  const told = new EventEmitter()
  return {
    on: (event, listener) => told.on(event, (value) => listener(value as never)),
    emit: (event, value) => told.emit(event, value),
    end: () => void setImmediate(() => told.emit('error', error)),
    abort: () => {},
  }
}

function untrue(why: string): AppError {
  return new AppError(
    'bad-data',
    `The update was not taken: ${why}. Nothing was changed; Jira TPM works as before.`,
    { hint: 'Try it again later. If it is so again, tell the makers.' },
  )
}

function silent(): Error {
  return new Error('The update server is silent')
}
