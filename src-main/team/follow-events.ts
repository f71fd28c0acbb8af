import type { EventHub } from '../../src-shared/contract/client.ts'
import { versionMismatch, CONTRACT_VERSION } from '../../src-shared/contract/version.ts'
import { backOffMs, passEvent, readMessage, type ConnectionState } from '../../src-shared/contract/wire.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Network } from '../jira/network/network.ts'
import { createWakeableSleep, sleep, withTimeout } from '../runtime/async.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import type { TeamTimeouts } from './ask.ts'
import { openEvents } from './events-socket.ts'
import { noAnswer, otherVersion } from './faults.ts'
import type { TeamSession } from './session.ts'

interface FollowOptions {
  readonly url: URL
  readonly network: Network
  readonly timeouts: TeamTimeouts
  readonly clock: Clock
  readonly log: Pick<Log, 'warn'>
  readonly hub: EventHub
  readonly session: Pick<TeamSession, 'greeted' | 'token' | 'renewInTime'>
  readonly stand: (part: { readonly state: ConnectionState; readonly fault: AppError | null }) => void
  readonly stateOf: (fault: AppError) => ConnectionState | null
  readonly signal: AbortSignal
}

/** A server of another version may be updated. */
const OUTDATED_RETRY_MS = 60_000

/** Who is signed out waits for a person. */
const SIGNED_OUT_RETRY_MS = 24 * 3_600_000

const RENEW_LOOK_MS = 3_600_000

const TOKEN_ENDED_MS = 50

/** Keeps a team server's events coming until the signal's abort: each time that the socket ends, another one is opened. */
export function followEvents(options: FollowOptions) {
  const { hub, stand, clock, signal } = options
  const pause = createWakeableSleep(clock)
  const first = Promise.withResolvers<void>()
  let isFirst = true

  const connected = (): void => {
    stand({ state: 'connected', fault: null })
    first.resolve()
    if (!isFirst) hub.publish('session.changed', {})
    isFirst = false
  }

  async function follow(): Promise<void> {
    let failures = 0
    while (!signal.aborted) {
      const { fault, wasConnected, tokenEnded } = await attempt(options, connected)
      if (signal.aborted) break
      isFirst = false
      failures = wasConnected ? 1 : failures + 1
      // That the token is not good any more is said by the next try.
      if (!tokenEnded) stand({ state: options.stateOf(fault) ?? 'lost', fault })
      first.resolve()
      const ms = tokenEnded ? TOKEN_ENDED_MS : waitMs(fault, failures)
      await pause.sleep(ms, signal).catch(() => {})
    }
    first.resolve()
  }

  return {
    /** Resolves once the first try has come to its end, good or bad. */
    settled: (): Promise<void> => first.promise,
    retry: (): void => pause.wake(),
    ended: follow(),
  }
}

interface Ended {
  readonly fault: AppError
  readonly wasConnected: boolean
  readonly tokenEnded: boolean
}

/** One connection, from its beginning to its end. */
async function attempt(options: FollowOptions, connected: () => void): Promise<Ended> {
  const ending = new AbortController()
  const signal = AbortSignal.any([options.signal, ending.signal])
  try {
    options.session.greeted.forget()
    await options.session.greeted()
    return await listen({ ...options, signal }, connected)
  } catch (error) {
    if (error instanceof AppError) return { fault: error, wasConnected: false, tokenEnded: false }
    throw error
  } finally {
    ending.abort(closed())
  }
}

async function listen(options: FollowOptions, connected: () => void): Promise<Ended> {
  const { url, hub, timeouts, signal } = options
  const hello = Promise.withResolvers<null>()
  const leave = hub.on('contract.hello', ({ versions }) => {
    if (versionMismatch(CONTRACT_VERSION, versions) === null) hello.resolve(null)
    else hello.reject(otherVersion(url.host, 'of another version', versions))
  })
  hello.promise.catch(() => {}) // the socket may end before
  try {
    const token = await options.session.token(signal)
    const { ended } = await openEvents({ ...options, token, onMessage: readEvents(options) })
    const late = noAnswer(
      url.host,
      `did not begin its events within ${timeouts.firstByteMs / 1_000} s`,
      false,
    )
    const early = await withTimeout(Promise.race([hello.promise, ended]), timeouts.firstByteMs, () => {
      throw late
    })
    if (early !== null) return { ...early, wasConnected: false }
    connected()
    void renewMeanwhile(options)
    return { ...(await ended), wasConnected: true }
  } finally {
    leave()
  }
}

/** Events of a newer server, which we do not know, are reported once. */
function readEvents({ hub, log }: FollowOptions): (text: string) => void {
  const reported = new Set<string>()
  const onUnreadable = (problem: string): void => {
    if (!reported.has(problem)) log.warn(problem)
    reported.add(problem)
  }
  return (text) => {
    const { event, payload } = readMessage(text)
    passEvent(hub, event, payload, onUnreadable)
  }
}

/** A token that is not good any more ends the socket, which says so. */
async function renewMeanwhile({ session, signal }: FollowOptions): Promise<void> {
  while (await sleep(RENEW_LOOK_MS, signal)) await session.renewInTime().catch(() => {})
}

function closed(): AppError {
  return new AppError('cancelled', 'The connection to the server was closed.')
}

function waitMs({ code }: AppError, failures: number): number {
  if (code === 'signed-out') return SIGNED_OUT_RETRY_MS
  return code === 'other-version' ? OUTDATED_RETRY_MS : backOffMs(failures, Math.random())
}
