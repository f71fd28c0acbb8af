import { fromWireError } from '../errors/app-error.ts'
import type { Dispatch } from './dispatch.ts'
import type { EventName, EventPayload, Publish } from './events.ts'
import type { MethodName, Params, Result } from './methods.ts'

/** What calls the core, whatever carries it: IPC, HTTP and WebSocket, or the core in the same process. */
export interface Client {
  /** Throws an AppError where the core refused or could not be reached. */
  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>>
  /** Called with each such event; returns what unsubscribes. */
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void
}

/** Without a wire: the command line's. Calls pass the same gate as everyone else's. */
export function createInProcessClient(dispatch: Dispatch, hub: EventHub): Client {
  return {
    async call(method, params) {
      const reply = await dispatch(method, params)
      if (!reply.ok) throw fromWireError(reply.error)
      return reply.result as never
    },
    on: (event, listener) => hub.on(event, listener),
  }
}

type Listener = (event: EventName, payload: unknown) => void

/** Passes each event to everyone who listens, in order, in this process. */
export function createEventHub() {
  const listeners = new Set<Listener>()
  const publish: Publish = (event, payload) => {
    for (const listener of listeners) listener(event, payload)
  }
  /** Called with every event; returns what unsubscribes. For hosts that carry them on. */
  const onAny = (listener: Listener): (() => void) => {
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }
  const on = <E extends EventName>(wanted: E, listener: (payload: EventPayload<E>) => void): (() => void) =>
    onAny((event, payload) => {
      if (event === wanted) listener(payload as EventPayload<E>)
    })
  return { publish, onAny, on }
}

export type EventHub = ReturnType<typeof createEventHub>
