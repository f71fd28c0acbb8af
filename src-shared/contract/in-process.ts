import { fromWireError } from '../errors/app-error.ts'
import type { Client } from './client.ts'
import type { Dispatch } from './dispatch.ts'
import type { EventHub } from './hub.ts'

/** The door without a wire: the command line's. Calls pass the same gate as everyone else's. */
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
