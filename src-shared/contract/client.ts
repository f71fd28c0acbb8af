import type { EventName, EventPayload } from './events.ts'
import type { MethodName, Params, Result } from './methods.ts'

/** What a door's user holds, whatever carries it: IPC, HTTP and WebSocket, or the core in the same process. */
export interface Client {
  /** Throws an AppError where the core refused or could not be reached. */
  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>>
  /** Hears an event until the returned function is called. */
  on<E extends EventName>(event: E, listener: (payload: EventPayload<E>) => void): () => void
}
