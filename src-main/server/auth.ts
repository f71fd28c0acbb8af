import type { IncomingMessage } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { Scope } from '../../src-shared/contract/schema.ts'
import { nothingDone } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Tokens } from '../tokens/tokens.ts'
import type { VerifiedToken } from '../tokens/verify-token.ts'
import { createSessions, type SessionParts } from './sessions.ts'
import { createUses } from './uses.ts'

/** Who a request is from, as far as that matters: what it may do, and until when. */
export interface Caller {
  readonly kind: 'token' | 'session'
  /** The token's `jti`, or the session's public name: no secret. */
  readonly id: string
  readonly scope: Scope
  /** Whose token or link it is, as who made it said. */
  readonly name: string
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

/** How often unused sessions are looked at, in ms: that they have ended is recorded, too. */
const SWEEP_MS = 60_000

/** What `newSecret` gives: nothing else is looked for in the store. */
const SECRET = /^[\w-]{43}$/

interface AuthParts {
  readonly tokens: SessionParts['tokens'] &
    Pick<Tokens, 'known' | 'verify' | 'openLink' | 'screenOf' | 'look' | 'onChange' | 'use'>
  readonly clock: Pick<Clock, 'now' | 'elapsedMs'>
  readonly port: () => number
  /** Whether browsers come by https, be it to us or to a proxy before us. */
  readonly https: boolean
  /** Called with each session that this server ends, for whatever reason. */
  readonly onSessionEnd?: (caller: Caller) => void
}

/** Who may call: programs by a token, browsers by the cookie that a one-time code was traded for; of whichever server of the store. */
export function createAuth({ tokens, clock, port, https, onSessionEnd = () => {} }: AuthParts) {
  const sessions = createSessions({ tokens, clock, onEnd: onSessionEnd })
  const watch = createEndWatch((caller) =>
    caller.kind === 'token' || caller.scope === 'display'
      ? tokens.isLive(caller.id)
      : sessions.isLive(caller),
  )
  const uses = createUses(tokens.use, clock)
  const stopFollowing = followBook(tokens, sessions, watch)
  const cookieName = (): string => sessionCookieName(port(), https)
  const browserOf = (secret: string): Caller | null =>
    sessions.find(secret) ?? screenFrom(tokens.screenOf(secret))

  return {
    /**
     * At once, in microseconds, for a caller that was seen before. Throws `bad-request`: see `credentialsOf`, and
     * `store-unavailable` where it cannot be known now who it is.
     */
    callerOf(request: FastifyRequest): Caller | null | Promise<Caller | null> {
      if (request.knownCaller !== null) return request.knownCaller
      const shown = credentialsOf(request.raw, cookieName())
      if (shown.kind === 'none') return null
      if (shown.kind === 'session')
        // It may have signed in a moment ago, at another server.
        return (
          browserOf(shown.secret) ??
          (SECRET.test(shown.secret) ? tokens.look().then(() => browserOf(shown.secret)) : null)
        )
      const known = tokens.known(shown.token)
      return known === null ? tokens.verify(shown.token).then(callerFrom) : callerFrom(known)
    },
    /**
     * A new session for the code of a link, which is then spent; null for any other. `secret` goes into the cookie.
     * Throws `store-unavailable` where the link cannot be spent.
     */
    async trade(code: string): Promise<{ readonly secret: string; readonly caller: Caller } | null> {
      const opened = await tokens.openLink(code)
      if (opened === null) return null
      const { link, session, secret } = opened
      sessions.ended(opened.ended)
      // A screen is known by its link as long as that is good, whatever server runs.
      if (link.scope === 'display') return { secret: code, caller: screenFrom(link) }
      return session && { secret, caller: sessions.callerOf(session) }
    },
    /** Ends a session, at every server. Throws `store-unavailable`. */
    async end(caller: Caller): Promise<void> {
      await sessions.end(caller)
      watch.look()
    },
    /** It is listed as in use. */
    note: uses.note,
    /** Called once, within a second of the end of the caller's token or session; returns what unsubscribes. */
    onEnd: (caller: Caller, listener: () => void) => watch.add(caller, listener),
    cookieName,
    stop(): void {
      for (const each of [uses, watch]) each.stop()
      stopFollowing()
    },
  }
}

export type Auth = ReturnType<typeof createAuth>

/** Sees to it that who is let in no more is let go at once. Returns what ends that. */
function followBook(
  tokens: Pick<Tokens, 'look' | 'onChange'>,
  sessions: Pick<ReturnType<typeof createSessions>, 'sweep'>,
  watch: Pick<ReturnType<typeof createEndWatch>, 'look'>,
): () => void {
  const sweep = setInterval(() => void sessions.sweep(), SWEEP_MS).unref()
  const leave = tokens.onChange(() => {
    watch.look()
    void sessions.sweep()
  })
  void tokens.look().catch(() => {}) // who comes while the store is away is told so
  return () => {
    clearInterval(sweep)
    leave()
  }
}

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
  const { id, scope, name, expiresMs } = token
  const caller: Caller = { id, scope, name, expiresMs, ...more }
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
    const token = bearerOf({ headers })
    return token === null ? NONE : { kind: 'token', token }
  }
  const secret = cookie === undefined ? null : cookieOf(cookie, cookieName)
  return secret === null ? NONE : { kind: 'session', secret }
}

/** The token of the header; null where there is none. */
export function bearerOf({ headers: { authorization } }: Pick<IncomingMessage, 'headers'>): string | null {
  return authorization === undefined ? null : (BEARER.exec(authorization)?.[1] ?? null)
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
