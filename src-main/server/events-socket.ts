import type { FastifyInstance } from 'fastify'
import type { WebSocket } from 'ws'
import { MAX_PARAMS_LENGTH } from '../../src-shared/contract/methods.ts'
import type { EventHub } from '../../src-shared/contract/hub.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Log } from '../log.ts'
import type { RequireSession } from './api-route.ts'
import { failure } from './errors.ts'

/** The largest message that is read from a listener, in bytes. Nothing is expected of it at all. */
export const MAX_SOCKET_PAYLOAD = 16 * 1_024

/** A client that is this far behind is let go; it comes back and asks for a snapshot, as after any gap. */
const MAX_BUFFERED_BYTES = 1024 * 1024

const HEARTBEAT_MS = 15_000
const UNSUPPORTED_DATA = 1003

export interface EventsSocket {
  /** Ends every connection at once. */
  stop(): void
}

/** GET /api/events as WebSocket: every event of the hub as `{event, payload}`, to everyone who listens. */
export function addEventsSocket(
  server: FastifyInstance,
  {
    hub,
    log,
    onRequest,
    heartbeatMs = HEARTBEAT_MS,
  }: { hub: EventHub; log: Log; onRequest: RequireSession; heartbeatMs?: number | undefined },
): EventsSocket {
  const listeners = new Map<WebSocket, { answered: boolean }>()

  server.get('/api/events', { websocket: true, onRequest }, (socket) => {
    const listener = { answered: true }
    listeners.set(socket, listener)
    socket.on('pong', () => (listener.answered = true))
    socket.on('message', () => refuseMessage(socket))
    socket.on('close', () => listeners.delete(socket))
  })

  const leaveHub = hub.onAny((event, payload) => {
    if (listeners.size === 0) return
    const text = JSON.stringify({ event, payload })
    for (const socket of listeners.keys()) send(socket, text, log)
  })
  const heartbeat = setInterval(() => {
    for (const [socket, listener] of listeners) {
      if (!listener.answered) socket.terminate()
      listener.answered = false
      socket.ping()
    }
  }, heartbeatMs)
  heartbeat.unref()

  return {
    stop() {
      leaveHub()
      clearInterval(heartbeat)
      for (const socket of listeners.keys()) socket.terminate()
      listeners.clear()
    },
  }
}

function send(socket: WebSocket, text: string, log: Log): void {
  if (socket.bufferedAmount > MAX_BUFFERED_BYTES) {
    log.warn({ bufferedBytes: socket.bufferedAmount }, 'an event listener is too slow and was let go')
    socket.terminate()
    return
  }
  if (socket.readyState === socket.OPEN) socket.send(text)
}

/** Whatever a listener says, calls go the other way. `ws` itself closes with 1009 over `MAX_SOCKET_PAYLOAD`. */
function refuseMessage(socket: WebSocket): void {
  const error = new AppError('bad-request', 'This socket only tells events. Nothing was done.', {
    hint: `Send calls to POST /api/<method>, at most ${MAX_PARAMS_LENGTH} characters each.`,
  })
  socket.send(JSON.stringify(failure(error)))
  socket.close(UNSUPPORTED_DATA, 'this socket only tells events')
}
