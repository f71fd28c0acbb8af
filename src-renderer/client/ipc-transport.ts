import { createEventHub } from '../../src-shared/contract/hub.ts'
import type { Scope } from '../../src-shared/contract/scopes.ts'
import type { PreloadApi } from '../../src-shared/contract/preload-api.ts'
import { createStore } from '../store.ts'
import { passEvent, readReply, type Connection, type WindowDoor } from './transport.ts'

declare global {
  interface Window {
    readonly jiraTpm?: PreloadApi
  }
}

/** The door of the desktop window. The core lives and dies with the window, so it is connected from the start. */
export function createIpcDoor(bridge: PreloadApi): WindowDoor {
  const hub = createEventHub()
  let leave: (() => void) | undefined
  return {
    client: {
      call: async (method, params) => readReply(method, await bridge.call[method](params)),
      on: (event, listener) => hub.on(event, listener),
    },
    connection: createStore<Connection>('connected'),
    scope: createStore<Scope>('admin'),
    signOut: null,
    start() {
      leave = bridge.onEvent((event, payload) => passEvent(hub, event, payload, console.error))
    },
    stop: () => leave?.(),
  }
}
