import { createEventHub, type Client } from '../../src-shared/contract/client.ts'
import type { ConnectionState } from '../../src-shared/contract/wire.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { NetworkConfig } from '../config/environment.ts'
import { createNetwork } from '../jira/network/network.ts'
import { machineClock, type Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import { askServer, TEAM_TIMEOUTS, type TeamTimeouts } from './ask.ts'
import { followEvents } from './follow-events.ts'
import type { Hello } from './hello.ts'
import { createTeamSession, type TeamAccount } from './session.ts'
import { createTeamCall, createTeamDispatch } from './team-calls.ts'

/** How the connection to a team server stands. */
interface TeamStanding {
  readonly state: ConnectionState
  /** Why it is not connected; null where it is, or where that is not known yet. */
  readonly fault: AppError | null
  /** What the server said of itself last; null before. */
  readonly hello: Hello | null
  /** How far its clock was ahead of this machine's then, in ms. See `clockNotice`. */
  readonly clockAheadMs: number
  /** Since when it stands so, this machine's epoch ms. */
  readonly sinceMs: number
}

export interface TeamClientOptions {
  /** The server's origin. */
  readonly url: string
  /** A PEM file of certificates to believe besides the system's own; null: none. */
  readonly caFile: string | null
  /** The proxies of this machine. */
  readonly proxies: NetworkConfig
  readonly account: TeamAccount
  readonly log: Pick<Log, 'warn'>
  readonly clock?: Clock
  readonly timeouts?: Partial<TeamTimeouts>
}

export type TeamClient = ReturnType<typeof createTeamClient>

/**
 * The contract over HTTPS and a WebSocket, for this machine's sign-in at a team server. Calls work at once; events come from
 * `start` on, over a connection that is made anew for as long as it is lost. After it was lost `session.changed` is
 * published: whoever shows something asks for it anew, which brings all that was missed.
 * The token goes to the server that was signed in to, over a connection that is trusted, and nowhere else.
 */
export function createTeamClient(options: TeamClientOptions) {
  const { proxies, caFile, account, log, clock = machineClock } = options
  const timeouts = { ...TEAM_TIMEOUTS, ...options.timeouts }
  const url = new URL(options.url)
  const network = createNetwork({ proxies, caFile })
  const hub = createEventHub()
  const stopping = new AbortController()
  const { signal } = stopping
  const { stand, ...shown } = createStanding(clock)
  let following: ReturnType<typeof followEvents> | null = null
  const session = createTeamSession({
    host: url.host,
    ask: (request, either) => askServer({ url, network, timeouts }, request, either),
    account,
    clock,
    log,
    onHello: (hello) => stand({ hello, clockAheadMs: hello.nowMs - clock.now() }),
    signal,
  })
  const call = createTeamCall({
    session,
    timeouts,
    settled: () => following?.settled(),
    // What else goes wrong with a call is told by the socket, where there is one.
    onFault: (fault) => {
      const state = stateOf(fault)
      if (state !== null && (state !== 'lost' || following === null)) stand({ state, fault })
    },
    signal,
  })
  const client: Client = {
    call: (method, params) => call(method, params),
    on: (event, listener) => hub.on(event, listener),
  }

  return {
    url: options.url,
    client,
    dispatch: createTeamDispatch(call, log),
    hub,
    ...shown,
    /** Begins to listen to events. */
    start(): void {
      if (signal.aborted) return
      following ??= followEvents({ url, network, timeouts, clock, log, hub, session, stand, stateOf, signal })
    },
    /** Tries at once what waits for its next try, or was signed out: after a sign-in, or when the network is back. */
    retry(): void {
      session.greeted.forget()
      following?.retry()
    },
    /** Gives up what is under way and closes every connection. Safe to call twice. */
    async stop(): Promise<void> {
      stopping.abort(new AppError('cancelled', 'The connection to the server was closed.'))
      await following?.ended
      await network.close()
    },
  }
}

function createStanding(clock: Pick<Clock, 'now'>) {
  const listeners = new Set<(standing: TeamStanding) => void>()
  let standing: TeamStanding = {
    state: 'connecting',
    fault: null,
    hello: null,
    clockAheadMs: 0,
    sinceMs: clock.now(),
  }
  return {
    standing: (): TeamStanding => standing,
    stand: (part: Partial<Omit<TeamStanding, 'sinceMs'>>): void => {
      const isOther = part.state !== undefined && part.state !== standing.state
      standing = { ...standing, ...part, ...(isOther && { sinceMs: clock.now() }) }
      for (const listener of listeners) listener(standing)
    },
    /** Called with each change; returns what unsubscribes. */
    onStanding: (listener: (now: TeamStanding) => void): (() => void) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

/** What a fault says of the connection; null: nothing. */
function stateOf({ code }: AppError): ConnectionState | null {
  if (code === 'signed-out') return 'signed-out'
  if (code === 'other-version') return 'outdated'
  return code.startsWith('server-') ? 'lost' : null
}
