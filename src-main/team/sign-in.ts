import { hostname } from 'node:os'
import { nothingDone } from '../../src-shared/errors/app-error.ts'
import type { NetworkConfig } from '../config/environment.ts'
import { createNetwork } from '../jira/network/network.ts'
import { machineClock, type Clock } from '../runtime/clock.ts'
import { rememberSecret } from '../secrets/hide-secrets.ts'
import {
  askServer,
  SMALL_ANSWER_BYTES,
  TEAM_TIMEOUTS,
  type TeamAnswer,
  type TeamRequest,
  type TeamTimeouts,
} from './ask.ts'
import { codeNotTaken } from './faults.ts'
import { readGranted, readHello, type Hello } from './hello.ts'
import type { KeptServer, ServerBook } from './kept-servers.ts'

interface SignInParts {
  readonly book: ServerBook
  readonly proxies: NetworkConfig
  readonly clock?: Pick<Clock, 'now'>
  readonly timeouts?: TeamTimeouts
}

interface SignInRequest {
  /** The server's origin: see `serverAddress`. */
  readonly url: string
  readonly caFile: string | null
  /** What this machine is to be called there. */
  readonly machine: string
}

const MAX_MACHINE_LENGTH = 64

const HELLO = { method: 'GET', path: '/api/hello' } as const

export type SignIns = ReturnType<typeof createSignIns>

/** How a workspace signs in to team servers, and out of them. All throw the AppErrors of `faults.ts` and of the book. */
export function createSignIns(parts: SignInParts) {
  const { book } = parts
  return {
    /** Who the server is, before a person is asked for a code. */
    greet: (server: Pick<SignInRequest, 'url' | 'caFile'>, signal: AbortSignal): Promise<Hello> =>
      withServer(parts, server, signal, async (ask, host) => readHello(host, await ask(HELLO))),
    /** Trades a one-time code for a token, which goes into the keychain, and keeps the server. Does not choose it. */
    signIn: (
      request: SignInRequest,
      code: string,
      signal: AbortSignal,
    ): Promise<{ readonly server: KeptServer; readonly clockAheadMs: number }> =>
      trade(parts, { ...request, machine: machineName(request.machine) }, code, signal),
    /**
     * Ends the sign-in at the server, and forgets it here, which happens in any case: `notEnded` says why it may be good
     * there until it expires.
     */
    async signOut(server: KeptServer, signal: AbortSignal): Promise<{ readonly notEnded: unknown }> {
      let notEnded: unknown = null
      try {
        const token = await book.token(server, signal)
        if (token !== null) await endAtServer(parts, server, token, signal)
      } catch (error) {
        signal.throwIfAborted()
        notEnded = error
      }
      await book.forget(server, signal)
      return { notEnded }
    },
  }
}

type Ask = (request: TeamRequest) => Promise<TeamAnswer>

async function withServer<T>(
  { proxies, timeouts = TEAM_TIMEOUTS }: SignInParts,
  { url, caFile }: Pick<SignInRequest, 'url' | 'caFile'>,
  signal: AbortSignal,
  work: (ask: Ask, host: string) => Promise<T>,
): Promise<T> {
  const network = createNetwork({ proxies, caFile })
  const asked = { url: new URL(url), network, timeouts }
  try {
    return await work(
      (request) => askServer(asked, { maxBytes: SMALL_ANSWER_BYTES, ...request }, signal),
      asked.url.host,
    )
  } finally {
    await network.close()
  }
}

function trade(
  parts: SignInParts,
  { url, caFile, machine }: SignInRequest,
  code: string,
  signal: AbortSignal,
): Promise<{ readonly server: KeptServer; readonly clockAheadMs: number }> {
  const { book, clock = machineClock } = parts
  rememberSecret(code, null)
  return withServer(parts, { url, caFile }, signal, async (ask, host) => {
    const { serverId, name, nowMs } = readHello(host, await ask(HELLO))
    const clockAheadMs = nowMs - clock.now()
    const body = { code, name: machine }
    const answer = await ask({ method: 'POST', path: '/api/login', body, changes: true })
    if (answer.status === 401) throw codeNotTaken(host)
    const { token, ...granted } = readGranted(host, answer)
    rememberSecret(token, null)
    const { id, scope, expiresMs } = granted
    const server = {
      url,
      serverId,
      name: name === '' ? host : name,
      caFile,
      machine,
      id,
      scope,
      expiresMs,
      renewedMs: clock.now(),
    }
    await book.keep(server, token, signal)
    return { server, clockAheadMs }
  })
}

function endAtServer(
  parts: SignInParts,
  server: KeptServer,
  token: string,
  signal: AbortSignal,
): Promise<void> {
  return withServer(parts, server, signal, async (ask, host) => {
    const { serverId } = readHello(host, await ask(HELLO))
    // Another server than that of the token is not told it.
    if (serverId === server.serverId) await ask({ method: 'POST', path: '/api/token/end', body: {}, token })
  })
}

/** What a machine is called where nobody says it. */
export function ownMachineName(): string {
  return hostname().slice(0, MAX_MACHINE_LENGTH) || 'a machine'
}

/** Throws `usage` where a list could not show it. */
function machineName(typed: string): string {
  const name = typed.trim()
  if (name !== '' && name.length <= MAX_MACHINE_LENGTH && !/\p{Cc}/u.test(name)) return name
  throw nothingDone('usage', `A machine's name has 1 to ${MAX_MACHINE_LENGTH} letters.`)
}
