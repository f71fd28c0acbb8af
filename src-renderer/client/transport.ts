import { createEventHub, type Client } from '../../src-shared/contract/client.ts'
import type { PreloadApi } from '../../src-shared/contract/preload-api.ts'
import type { Scope } from '../../src-shared/contract/schema.ts'
import { CONTRACT_VERSION, versionMismatch } from '../../src-shared/contract/version.ts'
import { passEvent, readReply, type ConnectionState } from '../../src-shared/contract/wire.ts'
import { createStateStore, type StateStore } from '../state-store.ts'

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
