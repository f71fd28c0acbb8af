import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import type { WebSocket } from 'ws'
import { events, type EventName } from '../../../src-shared/contract/events.ts'
import { MAX_PARAMS_LENGTH } from '../../../src-shared/contract/methods.ts'
import { allows, type Scope } from '../../../src-shared/contract/schema.ts'
import { eventFor } from '../../../src-shared/contract/former-version.ts'
import { CONTRACT_VERSION, HANDSHAKE } from '../../../src-shared/contract/version.ts'
import { AppError, nothingDone } from '../../../src-shared/errors/app-error.ts'
import { inSlices } from '../../runtime/async.ts'
import type { Log } from '../../runtime/log.ts'
import { callerOf, type Caller } from '../auth.ts'
import { failureBody, sendFailure } from '../errors.ts'
import type { ServerLimits } from '../rate-limits.ts'
import { requireScope, versionOf } from '../require-scope.ts'
import type { ServerParts } from '../server-parts.ts'

/** The largest message that is read from a listener, in bytes. Nothing is expected of it at all. */
export const MAX_SOCKET_PAYLOAD = 16 * 1_024

/** A client that is this far behind is let go; it comes back and asks for a snapshot, as after any gap. */
const MAX_BUFFERED_BYTES = 1024 * 1024

const UNSUPPORTED_DATA = 1003
const POLICY_VIOLATION = 1008

const HELLO = JSON.stringify({ event: 'contract.hello', payload: HANDSHAKE })

interface Listener {
  readonly caller: Caller
  /** What its WebSocket is on. */
  readonly tcp: Socket
  /** Of the contract, as it speaks it. */
  readonly version: number
  answered: boolean
}

/** GET /api/events as WebSocket: the events that the caller's scope may receive, as `{event, payload}`, while it is good. */
export function addEventsSocket(
  server: FastifyInstance,
  { hub, log, auth, limits, heartbeatMs }: ServerParts,
) {
  const listeners = new Map<WebSocket, Listener>()
  const places = createPlaces(limits)

  server.get(
    '/api/events',
    {
      websocket: true,
      onRequest: requireScope(auth, 'display'),
      preHandler(request, reply, done) {
        if (!request.ws) return void sendFailure(reply.header('upgrade', 'websocket'), noSocket(), 426)
        const refusal = places.refusalOf(callerOf(request))
        if (refusal === null) return done()
        sendFailure(reply.header('retry-after', '5'), refusal.error, refusal.status)
      },
    },
    (socket, request) => {
      const caller = callerOf(request)
      const { socket: tcp } = request.raw
      const listener: Listener = { caller, tcp, version: versionOf(request), answered: true }
      socket.send(HELLO)
      listeners.set(socket, listener)
      places.take(caller)
      const leave = auth.onEnd(caller, () => socket.close(POLICY_VIOLATION, 'the token or session has ended'))
      socket.on('pong', () => (listener.answered = true))
      socket.on('message', () => refuseMessage(socket))
      socket.on('close', () => {
        leave()
        listeners.delete(socket)
        places.leave(caller)
      })
    },
  )

  const publish = createPublisher(listeners, log)
  const leaveHub = hub.onAny((event, payload) => {
    if (listeners.size > 0) void publish(event, payload)
  })
  const heartbeat = startHeartbeat(listeners, heartbeatMs)

  return {
    /** How many listen now. */
    viewers: () => listeners.size,
    /** Ends every connection at once. */
    stop(): void {
      leaveHub()
      clearInterval(heartbeat)
      for (const socket of listeners.keys()) socket.terminate()
      listeners.clear()
    },
  }
}

/** A ping without a word (RFC 6455, 5.5.2), as a server sends it. */
const PING = frameOf(0x9, Buffer.alloc(0))

/** Asks each listener whether it is there, and lets go of those that have not answered since the last time. */
function startHeartbeat(listeners: ReadonlyMap<WebSocket, Listener>, everyMs: number): NodeJS.Timeout {
  const ask = (socket: WebSocket): void => {
    const listener = listeners.get(socket)
    if (listener === undefined) return
    if (!listener.answered) socket.terminate()
    listener.answered = false
    if (socket.readyState === socket.OPEN) listener.tcp.write(PING)
  }
  return setInterval(() => void inSlices([...listeners.keys()], ask, SLICE_MS), everyMs).unref()
}

/** For so long listeners are written to in one turn of the event loop, in ms: a write to each takes some 20 µs. */
const SLICE_MS = 4

/** Sends each event to its subscribers, in order. It is one frame for each version, written once, however many they are. */
function createPublisher(
  listeners: ReadonlyMap<WebSocket, Listener>,
  log: Log,
): (event: EventName, payload: unknown) => Promise<void> {
  const queue: {
    readonly frameIn: (version: number) => Buffer
    readonly needed: Scope
    readonly to: readonly WebSocket[]
  }[] = []
  let publishing = false

  return async (event, payload) => {
    queue.push({
      frameIn: writtenOnce(event, payload),
      needed: events[event].scope,
      to: [...listeners.keys()],
    })
    if (publishing) return
    publishing = true
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { frameIn, needed } = next
      const tell = (socket: WebSocket): void => {
        const listener = listeners.get(socket)
        if (listener !== undefined && allows(listener.caller.scope, needed))
          send(socket, listener.tcp, frameIn(listener.version), log)
      }
      await inSlices(next.to, tell, SLICE_MS)
    }
    publishing = false
  }
}

/** The frame of an event, by the version in which it is read. */
function writtenOnce(event: EventName, payload: unknown): (version: number) => Buffer {
  const written = new Map<number, Buffer>()
  return (version) => {
    const there = written.get(version)
    if (there !== undefined) return there
    const said = version === CONTRACT_VERSION ? payload : eventFor(version, event, payload)
    const frame = frameOf(0x1, Buffer.from(JSON.stringify({ event, payload: said })))
    written.set(version, frame)
    return frame
  }
}

/**
 * A whole message in one frame, as a server sends it: unmasked, uncompressed (RFC 6455, 5.2). `ws` makes one anew for each
 * socket, and writes its head and its payload apart: half of what a message to many costs.
 */
function frameOf(opcode: number, payload: Buffer): Buffer {
  const { length } = payload
  const extra = length < 126 ? 0 : length < 65_536 ? 2 : 8
  const head = Buffer.alloc(2 + extra)
  head[0] = 0x80 | opcode
  head[1] = extra === 0 ? length : extra === 2 ? 126 : 127
  if (extra === 2) head.writeUInt16BE(length, 2)
  if (extra === 8) head.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([head, payload])
}

/** By the socket itself: nothing of `ws` is ever half written there, as it sends whole frames at once. */
function send(socket: WebSocket, tcp: Socket, frame: Buffer, log: Log): void {
  if (tcp.writableLength > MAX_BUFFERED_BYTES) {
    log.warn({ bufferedBytes: tcp.writableLength }, 'an event listener is too slow and was let go')
    socket.terminate()
    return
  }
  if (socket.readyState === socket.OPEN) tcp.write(frame)
}

/** Whatever a listener says, calls go the other way. `ws` itself closes with 1009 over `MAX_SOCKET_PAYLOAD`. */
function refuseMessage(socket: WebSocket): void {
  // Of a flood only the first is answered: what was sent after it is not read any more.
  if (socket.readyState !== socket.OPEN) return
  const error = nothingDone(
    'bad-request',
    'This socket only tells events.',
    `Send calls to POST /api/<method>, at most ${MAX_PARAMS_LENGTH} characters each.`,
  )
  socket.send(JSON.stringify(failureBody(error)))
  socket.close(UNSUPPORTED_DATA, 'this socket only tells events')
}

/** How many may listen: of all, and of one caller. */
function createPlaces({
  maxSockets,
  maxSocketsOfCaller,
}: Pick<ServerLimits, 'maxSockets' | 'maxSocketsOfCaller'>) {
  const ofCaller = new Map<string, number>()
  let all = 0
  return {
    refusalOf({ id }: Caller): { error: AppError; status: number } | null {
      if ((ofCaller.get(id) ?? 0) >= maxSocketsOfCaller) return full('This caller listens', 429)
      return all >= maxSockets ? full('Others listen', 503) : null
    },
    take({ id }: Caller): void {
      all += 1
      ofCaller.set(id, (ofCaller.get(id) ?? 0) + 1)
    },
    leave({ id }: Caller): void {
      all -= 1
      const left = (ofCaller.get(id) ?? 1) - 1
      if (left > 0) ofCaller.set(id, left)
      else ofCaller.delete(id)
    },
  }
}

/** For a browser that opens the address as a page. */
function noSocket(): AppError {
  return new AppError('bad-request', 'This address tells events over a WebSocket alone.')
}

function full(who: string, status: number): { error: AppError; status: number } {
  const error = new AppError('too-many', `${who} on as many sockets as the server takes.`, {
    consequence: 'Nothing was done.',
    hint: 'Close one, and try again.',
    retryable: true,
  })
  return { error, status }
}
