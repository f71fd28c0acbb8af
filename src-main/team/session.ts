import { AppError } from '../../src-shared/errors/app-error.ts'
import { coalesce } from '../runtime/async.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import { rememberSecret } from '../secrets/hide-secrets.ts'
import { SMALL_ANSWER_BYTES, type TeamAnswer, type TeamRequest } from './ask.ts'
import { notSignedIn, otherServer, signedOut } from './faults.ts'
import { readHello, readRenewed, type Hello } from './hello.ts'

/** The sign-in of this machine at a server, as it is kept: see `kept-servers.ts`. */
export interface TeamAccount {
  /** The server that was signed in to; null: whichever answers, to which the token was given by hand. */
  readonly serverId: string | null
  /** Null where there is none. Asked anew where the server does not take the last one: another process may have renewed it. */
  token(signal: AbortSignal): Promise<string | null>
  /** When it was given or renewed last, this machine's epoch ms. */
  renewedMs(): number
  renewed(token: string, expiresMs: number, signal: AbortSignal): Promise<void>
}

interface SessionParts {
  readonly host: string
  readonly ask: (request: TeamRequest, signal: AbortSignal) => Promise<TeamAnswer>
  readonly account: TeamAccount
  readonly clock: Pick<Clock, 'now'>
  readonly log: Pick<Log, 'warn'>
  /** Called with what the server said of itself, each time. */
  readonly onHello: (hello: Hello) => void
  readonly signal: AbortSignal
}

export type TeamSession = ReturnType<typeof createTeamSession>

/** A token is renewed by the first use that is so much later than the last time. */
const RENEW_AFTER_MS = 24 * 3_600_000

/** Who the server is and who we are to it: what is asked of it with a token goes through here. */
export function createTeamSession({
  host,
  ask,
  account,
  clock,
  log,
  onHello,
  signal: stopping,
}: SessionParts) {
  /** Before it is told anything. Throws where it is no server of ours, or another one. */
  async function greet(signal: AbortSignal): Promise<void> {
    const answer = await ask({ method: 'GET', path: '/api/hello', maxBytes: SMALL_ANSWER_BYTES }, signal)
    const hello = readHello(host, answer)
    onHello(hello)
    if (account.serverId !== null && hello.serverId !== account.serverId) throw otherServer(host)
  }

  async function token(signal: AbortSignal): Promise<string> {
    const kept = await account.token(signal)
    if (kept === null) throw notSignedIn(host)
    rememberSecret(kept, null)
    return kept
  }

  /** With the token; once more with another one where that was renewed meanwhile. Throws `signed-out`. */
  async function authorized(request: TeamRequest, signal: AbortSignal): Promise<TeamAnswer> {
    const first = await token(signal)
    const answer = await ask({ ...request, token: first }, signal)
    if (answer.status !== 401) return answer
    const now = await token(signal)
    const again = now === first ? answer : await ask({ ...request, token: now }, signal)
    if (again.status === 401) throw signedOut(host)
    return again
  }

  /** Where it cannot be renewed now the token is good for long all the same, and the next use tries it again. */
  async function renewInTime(): Promise<void> {
    if (clock.now() - account.renewedMs() < RENEW_AFTER_MS) return
    try {
      const renewed = readRenewed(host, await authorized(RENEW, stopping))
      rememberSecret(renewed.token, null)
      await account.renewed(renewed.token, renewed.expiresMs, stopping)
    } catch (error) {
      if (error instanceof AppError && error.code === 'signed-out') throw error
      log.warn({ err: error }, 'the sign-in at the team server could not be renewed')
    }
  }

  /** Once, until `forget`. */
  const greeted = coalesce(async () => {
    await greet(stopping)
    await renewInTime()
  }, 'kept')
  return { greet, greeted, token, authorized, renewInTime }
}

const RENEW = {
  method: 'POST',
  path: '/api/token/renew',
  body: {},
  maxBytes: SMALL_ANSWER_BYTES,
} as const
