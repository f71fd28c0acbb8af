import { createEventHub } from '../../src-shared/contract/hub.ts'
import type { Scope } from '../../src-shared/contract/schema.ts'
import type { PreloadApi } from '../../src-shared/contract/preload-api.ts'
import { CONTRACT_VERSION, versionMismatch } from '../../src-shared/contract/version.ts'
import { createStateStore } from '../state-store.ts'
import { passEvent, readReply, type ConnectionState, type WindowTransport } from './transport.ts'

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
