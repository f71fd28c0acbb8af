import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { createEventHub, type Client, type EventHub } from '../../src-shared/contract/client.ts'
import { events, type EventName } from '../../src-shared/contract/events.ts'
import { methods, type MethodName, type Result } from '../../src-shared/contract/methods.ts'
import type { PreloadApi } from '../../src-shared/contract/preload-api.ts'
import type { Scope } from '../../src-shared/contract/schema.ts'
import { CONTRACT_VERSION, versionMismatch } from '../../src-shared/contract/version.ts'
import { AppError, fromWireError, type WireError } from '../../src-shared/errors/app-error.ts'
import { createStateStore, type StateStore } from '../state-store.ts'

/**
 * Whether the core can be reached. `lost`: it could, and we are trying again. `signed-out`: it does not know this browser,
 * and only a new link helps. `outdated`: it is of another version since this window was loaded.
 */
export type ConnectionState = 'connecting' | 'connected' | 'lost' | 'signed-out' | 'outdated'

/** The way from this window to the core. */
export interface CoreTransport {
  readonly client: Client
  readonly connection: StateStore<ConnectionState>
  start(): void
  stop(): void
}

/** Calls back whenever the connection is there, or there again, until the returned function is called. */
export function onConnected({ connection }: CoreTransport, listener: () => void): () => void {
  return connection.subscribe(() => {
    if (connection.get() === 'connected') listener()
  })
}

/** As a window has it. */
export interface WindowTransport extends CoreTransport {
  /** What this window may do. The core refuses the rest; the window does not offer it. */
  readonly scope: StateStore<Scope>
  /** Ends this browser's session; null where there is none to end. */
  readonly signOut: (() => void) | null
}

const Reply = Type.Union([
  Type.Object({ ok: Type.Literal(true), result: Type.Unknown() }),
  Type.Object({
    ok: Type.Literal(false),
    error: Type.Object({
      code: Type.String(),
      what: Type.String(),
      consequence: Type.String(),
      hint: Type.String(),
      retryable: Type.Boolean(),
    }),
  }),
])

/** The result that a transport carried back. Throws the AppError that the core answered, or `internal` for another shape. */
export function readReply<M extends MethodName>(method: M, reply: unknown): Result<M> {
  if (!Check(Reply, reply)) throw unreadable(method)
  if (!reply.ok) throw fromWireError(reply.error as WireError)
  if (!Check(methods[method].result, reply.result)) throw unreadable(method)
  return reply.result as Result<M>
}

/** Passes on an event that a transport carried. One of another shape is reported to `onUnreadable` and goes no further. */
export function passEvent(
  hub: EventHub,
  event: unknown,
  payload: unknown,
  onUnreadable: (problem: string) => void,
): void {
  if (typeof event !== 'string' || !Object.hasOwn(events, event)) {
    onUnreadable('An event came that this window does not know.')
    return
  }
  const name = event as EventName
  if (Check(events[name].payload, payload)) hub.publish(name, payload)
  else onUnreadable(`The event ${name} came with a wrong payload.`)
}

function unreadable(method: MethodName): AppError {
  return new AppError('internal', `The answer to ${method} could not be read.`, {
    consequence: 'Nothing is lost by that.',
    hint: 'Window and program may be of different versions: reload the window.',
  })
}

declare global {
  interface Window {
    readonly jiraTpm?: PreloadApi
  }
}

/** The transport of the desktop window. The core lives and dies with the window, so it is connected from the start. */
export function createIpcTransport(bridge: PreloadApi): WindowTransport {
  const hub = createEventHub()
  let leave: (() => void) | undefined
  return {
    client: {
      async call(method, params) {
        const mismatch = versionMismatch(CONTRACT_VERSION, [bridge.version])
        if (mismatch !== null) throw mismatch
        return readReply(method, await bridge.call[method](params))
      },
      on: (event, listener) => hub.on(event, listener),
    },
    connection: createStateStore<ConnectionState>('connected'),
    scope: createStateStore<Scope>('admin'),
    signOut: null,
    start() {
      leave = bridge.onEvent((event, payload) => passEvent(hub, event, payload, console.error))
    },
    stop: () => leave?.(),
  }
}
