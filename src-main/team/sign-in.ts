import { hostname } from 'node:os'
import { AppError, nothingDone } from '../../src-shared/errors/app-error.ts'
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
import { codeNotTaken, notForgotten, notKept, otherServer } from './faults.ts'
import { readEnded, readGranted, readHello, type Hello } from './hello.ts'
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

/** Who waits for a sign-in that cannot be kept is not kept waiting for long. */
const END_MS = 5_000

export type SignIns = ReturnType<typeof createSignIns>

/** How a workspace signs in to team servers, and out of them. All throw the AppErrors of `faults.ts` and of the book. */
export function createSignIns(parts: SignInParts) {
  const { book } = parts
  return {
    /** Who the server is, and that its sign-in can be kept here, before a person is asked for a code. */
    greet: (server: Pick<SignInRequest, 'url' | 'caFile'>, signal: AbortSignal): Promise<Hello> =>
      withServer(parts, server, async (ask, host) => readyFor(book, host, ask, signal)),
    /**
     * Trades a one-time code for a token, which goes into the keychain, and keeps the server. Does not choose it. What
     * cannot be kept is ended at the server, and so is the sign-in that was there before.
     */
    signIn: (
      request: SignInRequest,
      code: string,
      signal: AbortSignal,
    ): Promise<{ readonly server: KeptServer; readonly clockAheadMs: number }> =>
      trade(parts, { ...request, machine: machineName(request.machine) }, code, signal),
    /**
     * Ends the sign-in at the server, and forgets it here, whether the server hears of it or not: `notEnded` says why it may
     * be good there until it expires. Throws `secrets-unavailable` where the keychain refuses: then nothing is forgotten here.
     */
    async signOut(server: KeptServer, signal: AbortSignal): Promise<{ readonly notEnded: unknown }> {
      const { host } = new URL(server.url)
      let notEnded: unknown = null
      const refuse = (ended: boolean) => (error: unknown) => {
        const isOfKeychain = error instanceof AppError && error.code === 'secrets-unavailable'
        throw isOfKeychain ? notForgotten(host, server.id, error, ended) : error
      }
      const token = await book.token(server, signal).catch(refuse(false))
      try {
        if (token !== null) {
          await withServer(parts, server, async (ask) => {
            const { serverId } = readHello(host, await ask(HELLO, signal))
            if (serverId !== server.serverId) throw otherServer(host)
            await endToken(ask, host, token, signal)
          })
        }
      } catch (error) {
        signal.throwIfAborted()
        notEnded = error
      }
      await book.forget(server, signal).catch(refuse(notEnded === null))
      return { notEnded }
    },
  }
}

type Ask = (request: TeamRequest, signal: AbortSignal) => Promise<TeamAnswer>

async function withServer<T>(
  { proxies, timeouts = TEAM_TIMEOUTS }: SignInParts,
  { url, caFile }: Pick<SignInRequest, 'url' | 'caFile'>,
  work: (ask: Ask, host: string) => Promise<T>,
): Promise<T> {
  const network = createNetwork({ proxies, caFile })
  const asked = { url: new URL(url), network, timeouts }
  try {
    return await work(
      (request, signal) => askServer(asked, { maxBytes: SMALL_ANSWER_BYTES, ...request }, signal),
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
  return withServer(parts, { url, caFile }, async (ask, host) => {
    const { serverId, name, nowMs } = await readyFor(book, host, ask, signal)
    const clockAheadMs = nowMs - clock.now()
    const former = await formerToken(book, { url, serverId }, signal)
    const body = { code, name: machine }
    const answer = await ask({ method: 'POST', path: '/api/login', body, changes: true }, signal)
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
    try {
      await book.keep(server, token, signal)
    } catch (error) {
      const endedThere = await endUnused(ask, host, token)
      throw error instanceof AppError ? notKept(host, id, error, endedThere) : error
    }
    if (former !== null) await endUnused(ask, host, former)
    return { server, clockAheadMs }
  })
}

/** Throws where the server is none of ours, or where nothing of it could be kept: a code is good once. */
async function readyFor(book: ServerBook, host: string, ask: Ask, signal: AbortSignal): Promise<Hello> {
  const hello = readHello(host, await ask(HELLO, signal))
  await book.ready(signal)
  return hello
}

/** Of the sign-in whose place the next one takes; null where there is none at this server. */
async function formerToken(
  book: ServerBook,
  { url, serverId }: Pick<KeptServer, 'url' | 'serverId'>,
  signal: AbortSignal,
): Promise<string | null> {
  const former = book.read().servers.find((each) => each.url === url && each.serverId === serverId)
  return former === undefined ? null : book.token(former, signal)
}

/** Throws where the server does not say that it is good no more. */
async function endToken(ask: Ask, host: string, token: string, signal: AbortSignal): Promise<void> {
  readEnded(host, await ask({ method: 'POST', path: '/api/token/end', body: {}, token }, signal))
}

/** Whether that was done. Tried once: else it ends when it expires, or is revoked there. */
function endUnused(ask: Ask, host: string, token: string): Promise<boolean> {
  return endToken(ask, host, token, AbortSignal.timeout(END_MS)).then(
    () => true,
    () => false,
  )
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
