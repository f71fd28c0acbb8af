import { fromWireError } from '../errors/app-error.ts'
import type { Dispatch } from './dispatch.ts'
import type { EventName, EventPayload } from './events.ts'
import type { EventHub } from './hub.ts'
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
