import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { Scope } from '../../src-shared/contract/schema.ts'
import { nothingDone } from '../../src-shared/errors/app-error.ts'
import { elapsedMs, type Clock } from '../runtime/clock.ts'
import { digestOf, newSecret } from '../tokens/token-file.ts'
import type { Tokens } from '../tokens/tokens.ts'
import type { VerifiedToken } from '../tokens/verify-token.ts'

/** Who a request is from, as far as that matters: what it may do, and until when. */
export interface Caller {
  readonly kind: 'token' | 'session'
  /** The token's `jti`, or the session's public name: no secret. */
  readonly id: string
  readonly scope: Scope
  readonly expiresMs: number
  /** The link that began this session: when it is revoked, this ends. Null for a token. */
  readonly linkId: string | null
}

/** Of a request that `requireScope` let in. */
export function callerOf({ knownCaller }: FastifyRequest): Caller {
  if (knownCaller === null) throw new TypeError('a caller was let in and is not there')
  return knownCaller
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `requireScope`, also where the caller may not what it asks for; null on routes that are open. */
    knownCaller: Caller | null
  }
}

const NONE: PresentedCredentials = { kind: 'none' }

/** RFC 6750, 2.1; the scheme in any case (RFC 9110, 11.1). */
const BEARER = /^Bearer +([\w.~+/-]+=*)$/i

const AUTHORIZATION = 'authorization'

/** How often it is looked, in ms. */
const LOOK_MS = 500

/** How often unused sessions are looked at, in ms: that they have ended is published, too. */
const SWEEP_MS = 60_000

interface AuthParts {
  readonly tokens: Pick<Tokens, 'known' | 'verify' | 'isLive' | 'spendLink' | 'screenOf'>
  readonly clock: Pick<Clock, 'now' | 'elapsedMs'>
  readonly port: () => number
  /** Whether browsers come by https, be it to us or to a proxy before us. */
  readonly https: boolean
  /** Called with each session that ends, for whatever reason. */
  readonly onSessionEnd?: (caller: Caller) => void
}

/** Who may call: programs by a token of this workspace, browsers by the cookie that a one-time code was traded for. */
export function createAuth({ tokens, clock, port, https, onSessionEnd }: AuthParts) {
  const sessions = createSessions(clock, tokens.isLive, onSessionEnd)
  const sweep = setInterval(() => sessions.sweep(), SWEEP_MS).unref()
  const watch = createEndWatch(({ kind, id, scope }) =>
    kind === 'token' || scope === 'display' ? tokens.isLive(id) : sessions.isLive(id),
  )
  const cookieName = (): string => sessionCookieName(port(), https)

  return {
    /** At once, in microseconds, for a caller that was seen before. Throws `bad-request`: see `credentialsOf`. */
    callerOf(request: FastifyRequest): Caller | null | Promise<Caller | null> {
      if (request.knownCaller !== null) return request.knownCaller
      const shown = credentialsOf(request.raw, cookieName())
      if (shown.kind === 'session')
        return sessions.find(shown.secret) ?? screenFrom(tokens.screenOf(shown.secret))
      if (shown.kind === 'none') return null
      const known = tokens.known(shown.token)
      return known === null ? tokens.verify(shown.token).then(callerFrom) : callerFrom(known)
    },
    /**
     * A new session for the code of a link, which is then spent; null for any other. `secret` goes into the cookie.
     * Throws `busy` and `folder-not-writable` where the link cannot be spent.
     */
    async trade(code: string) {
      const link = await tokens.spendLink(code)
      if (link === null) return null
      const { scope, expiresMs: untilMs, id: linkId } = link
      // A screen is known by its link as long as that is good, whatever server runs.
      if (scope === 'display') return { secret: code, caller: screenFrom(link) }
      return sessions.begin({ scope, untilMs, linkId })
    },
    /** Ends a session at once. */
    end(caller: Caller): void {
      sessions.end(caller.id)
      watch.look()
    },
    /** Called once, within a second of the end of the caller's token or session; returns what unsubscribes. */
    onEnd: (caller: Caller, listener: () => void) => watch.add(caller, listener),
    cookieName,
    stop(): void {
      clearInterval(sweep)
      sessions.endAll()
      watch.stop()
    },
  }
}

export type Auth = ReturnType<typeof createAuth>

/**
 * Cookies do not keep ports apart: two servers on one machine would take each other's session without this. `__Host-`:
 * no other host of the domain can plant it (RFC 6265bis, 4.1.3.2).
 */
export function sessionCookieName(port: number, https = false): string {
  return `${https ? '__Host-' : ''}jira_tpm_session_${port}`
}

/** One object a token, as long as it is remembered: a request makes none. */
const callersByToken = new WeakMap<VerifiedToken, Caller>()

function callerFrom(token: VerifiedToken | null): Caller | null {
  return token && callerOnce(token, { kind: 'token', linkId: null })
}

function screenFrom(link: VerifiedToken): Caller

function screenFrom(link: VerifiedToken | null): Caller | null

/** Who came by the link of a screen: its browser has that link's code as its cookie. */
function screenFrom(link: VerifiedToken | null): Caller | null {
  return link && callerOnce(link, { kind: 'session', linkId: link.id })
}

function callerOnce(token: VerifiedToken, more: Pick<Caller, 'kind' | 'linkId'>): Caller {
  const found = callersByToken.get(token)
  if (found !== undefined) return found
  const { id, scope, expiresMs } = token
  const caller: Caller = { id, scope, expiresMs, ...more }
  callersByToken.set(token, caller)
  return caller
}

/** Watches for the end of tokens and sessions: twice a second, and only while there are subscribers. */
function createEndWatch(isLive: (caller: Caller) => boolean) {
  const watched = new Map<() => void, Caller>()
  let timer: NodeJS.Timeout | undefined
  const stopIfIdle = (): void => {
    if (watched.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
  const look = (): void => {
    for (const [listener, caller] of watched) {
      if (isLive(caller)) continue
      watched.delete(listener)
      listener()
    }
    stopIfIdle()
  }
  return {
    add(caller: Caller, listener: () => void): () => void {
      const own = (): void => listener()
      watched.set(own, caller)
      timer ??= setInterval(look, LOOK_MS).unref()
      return () => {
        watched.delete(own)
        stopIfIdle()
      }
    },
    look,
    stop(): void {
      watched.clear()
      stopIfIdle()
    },
  }
}

/** What a request shows of itself. */
type PresentedCredentials =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'session'; readonly secret: string }

/**
 * The token of the `Authorization` header, or where there is none the session of our cookie. Nothing else is looked at:
 * a token in the address or in a cookie is none. Throws `bad-request` where the header is there twice, as Node would
 * take the first and a proxy before us perhaps the last.
 */
function credentialsOf({ headers, rawHeaders }: IncomingMessage, cookieName: string): PresentedCredentials {
  const { authorization, cookie } = headers
  if (authorization !== undefined) {
    refuseSecond(rawHeaders)
    const token = BEARER.exec(authorization)?.[1]
    return token === undefined ? NONE : { kind: 'token', token }
  }
  const secret = cookie === undefined ? null : cookieOf(cookie, cookieName)
  return secret === null ? NONE : { kind: 'session', secret }
}

/** None where it is there twice: a cookie that another program planted shall not stand for ours. */
function cookieOf(header: string, name: string): string | null {
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
  return values.length === 1 && values[0] !== undefined ? values[0].slice(name.length + 1) : null
}

function refuseSecond(rawHeaders: readonly string[]): void {
  let times = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]
    if (name?.length === AUTHORIZATION.length && name.toLowerCase() === AUTHORIZATION) times++
  }
  if (times > 1) {
    throw nothingDone('bad-request', 'The request has two Authorization headers.', 'Send one.')
  }
}

/** What a code may be traded for. */
interface Grant {
  readonly scope: Scope
  /** No session of it lasts longer, epoch ms. */
  readonly untilMs: number
  /** When this link is revoked, the session ends. */
  readonly linkId: string
}

/** How long a browser stays signed in, in ms. */
export const SESSION_MS = 24 * 3_600_000

/** Of more, the oldest ends. */
export const MAX_SESSIONS = 1_000

/** Browsers that traded a code. They end with the server. */
export function createSessions(
  clock: Pick<Clock, 'now' | 'elapsedMs'>,
  isLinkLive: (id: string) => boolean,
  onEnd: (caller: Caller) => void = () => {},
) {
  const callers = new Map<string, Caller>()
  const keys = new Map<string, string>()
  /** By `elapsedMs`: a clock that is set back prolongs none. */
  const ends = new Map<string, number>()

  const end = (id: string): void => {
    const key = keys.get(id) ?? ''
    const caller = callers.get(key)
    callers.delete(key)
    keys.delete(id)
    ends.delete(id)
    if (caller !== undefined) onEnd(caller)
  }
  const isGood = ({ id, expiresMs, linkId }: Caller): boolean =>
    expiresMs > clock.now() &&
    elapsedMs(clock) < (ends.get(id) ?? 0) &&
    (linkId === null || isLinkLive(linkId))
  const live = (key: string | undefined): Caller | null => {
    const caller = key === undefined ? undefined : callers.get(key)
    if (caller === undefined) return null
    if (isGood(caller)) return caller
    end(caller.id)
    return null
  }

  return {
    /** `secret` is what the cookie holds. */
    begin({ scope, untilMs, linkId }: Grant) {
      const oldest = keys.keys().next()
      if (keys.size >= MAX_SESSIONS && oldest.done !== true) end(oldest.value)
      const secret = newSecret()
      const id = `session-${randomUUID()}`
      const nowMs = clock.now()
      const expiresMs = Math.min(nowMs + SESSION_MS, untilMs)
      const caller: Caller = { kind: 'session', id, scope, expiresMs, linkId }
      keys.set(id, digestOf(secret))
      ends.set(id, elapsedMs(clock) + expiresMs - nowMs)
      callers.set(digestOf(secret), caller)
      return { secret, caller }
    },
    /** Null for one that has ended, or never was. */
    find: (secret: string) => live(digestOf(secret)),
    isLive: (id: string) => live(keys.get(id)) !== null,
    end,
    /** Ends those that are not good any more. */
    sweep: () => [...keys.values()].forEach(live),
    endAll: () => [...keys.keys()].forEach(end),
  }
}
