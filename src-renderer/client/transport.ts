import { createEventHub, type Client } from '../../src-shared/contract/client.ts'
import {
  desktopMethods,
  type DesktopMethod,
  type DesktopParams,
  type DesktopResult,
  type TeamServers,
} from '../../src-shared/contract/desktop.ts'
import type { PreloadApi } from '../../src-shared/contract/preload-api.ts'
import type { Scope } from '../../src-shared/contract/schema.ts'
import { CONTRACT_VERSION, versionMismatch } from '../../src-shared/contract/version.ts'
import { passEvent, readAnswer, readReply, type ConnectionState } from '../../src-shared/contract/wire.ts'
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
  /** The team servers that this window may work on; null in a browser, which works on the one that it came from. */
  readonly servers: ServersClient | null
}

export interface ServersClient {
  /** Null until the program has said it. */
  readonly state: StateStore<TeamServers | null>
  /** Throws the AppError that the program answered. */
  call<M extends DesktopMethod>(method: M, params: DesktopParams<M>): Promise<DesktopResult<M>>
}

declare global {
  interface Window {
    readonly jiraTpm?: PreloadApi
  }
}

/** The transport of the desktop window: to the core of its own program, or through that to a team server's. */
export function createIpcTransport(bridge: PreloadApi): WindowTransport {
  const hub = createEventHub()
  const connection = createStateStore<ConnectionState>('connected')
  const scope = createStateStore<Scope>('admin')
  const servers = createServersClient(bridge)
  servers.state.subscribe(() => {
    const state = servers.state.get()
    const held = state?.servers.find(({ url }) => url === state.current)?.scope
    scope.set(() => held ?? 'admin')
    connection.set(() => state?.state ?? 'connected')
  })
  hub.on('servers.changed', (state) => servers.state.set(() => state))
  let leave: (() => void) | undefined
  return {
    client: {
      async call(method, params) {
        refuseOtherProgram(bridge)
        return readReply(method, await bridge.call[method](params))
      },
      on: (event, listener) => hub.on(event, listener),
    },
    connection,
    scope,
    signOut: null,
    servers,
    start() {
      leave = bridge.onEvent((event, payload) => passEvent(hub, event, payload, console.error))
      // Asked first, so that it is known before anything is shown that depends on it.
      void servers.call('servers.get', {}).catch(console.error)
    },
    stop: () => leave?.(),
  }
}

function createServersClient(bridge: PreloadApi): ServersClient {
  const state = createStateStore<TeamServers | null>(null)
  return {
    state,
    async call(method, params) {
      refuseOtherProgram(bridge)
      const result = readAnswer(method, desktopMethods[method].result, await bridge.desktop[method](params))
      if ('servers' in result) state.set(() => result)
      return result as never
    },
  }
}

function refuseOtherProgram({ version }: PreloadApi): void {
  const mismatch = versionMismatch(CONTRACT_VERSION, [version])
  if (mismatch !== null) throw mismatch
}
