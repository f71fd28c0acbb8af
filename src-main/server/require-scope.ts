import type { FastifyReply, FastifyRequest } from 'fastify'
import { allows, type Scope } from '../../src-shared/contract/schema.ts'
import { CONTRACT_VERSION, spokenVersion } from '../../src-shared/contract/version.ts'
import { nothingDone } from '../../src-shared/errors/app-error.ts'
import type { Auth, Caller } from './auth.ts'
import { sendFailure } from './errors.ts'

/** For a route's `onRequest`: nothing of the body is read before it. */
type OnRequest = (request: FastifyRequest, reply: FastifyReply, done: (error?: Error) => void) => void

/**
 * Lets through who may do what takes the scope, as `request.knownCaller`. 401 for an unknown caller, 403 for one that may
 * not, both with what RFC 6750, 3 has for `WWW-Authenticate`; 403 for a browser that another site may have sent.
 */
export function requireScope(
  auth: Pick<Auth, 'callerOf' | 'note'>,
  scope: Scope | ((request: FastifyRequest) => Scope),
): OnRequest {
  const neededFor = typeof scope === 'function' ? scope : (): Scope => scope
  return (request, reply, done) => {
    const admit = (caller: Caller | null): void => {
      if (caller === null) return void refuseUnknown(request, reply)
      auth.note(caller)
      request.knownCaller = caller // also of one that is refused: it is written down who was
      if (caller.kind === 'session' && !isOwnPages(request)) return refuseOtherSite(reply)
      const needed = neededFor(request)
      if (!allows(caller.scope, needed)) return refuseScope(reply, caller, needed)
      done()
    }
    const found = auth.callerOf(request)
    if (found instanceof Promise) found.then(admit).catch(done)
    else admit(found)
  }
}

/** Of the contract, as the caller speaks it: the guard has refused what is not served. This one where none is said. */
export function versionOf({ headers }: FastifyRequest): number {
  return Number(spokenVersion(headers) ?? CONTRACT_VERSION)
}

/**
 * Whether a page of ours sent it: a browser sends our cookie with whatever any page asks of us. What changes nothing is
 * let through unless the browser says that another site asks; everything else must say that it comes from us. That an
 * `Origin` is ours was checked before.
 */
function isOwnPages({ method, headers }: FastifyRequest): boolean {
  const site = headers['sec-fetch-site']
  const onlyReads = (method === 'GET' || method === 'HEAD') && headers.upgrade === undefined
  if (onlyReads) return site === undefined || site === 'same-origin' || site === 'none'
  if (site !== undefined && site !== 'same-origin') return false
  return site === 'same-origin' || headers.origin !== undefined
}

export function refuseUnknown({ headers }: FastifyRequest, reply: FastifyReply): FastifyReply {
  const brought = /^bearer /i.test(headers.authorization ?? '')
  void reply.header('www-authenticate', brought ? 'Bearer error="invalid_token"' : 'Bearer')
  const error = brought
    ? nothingDone(
        'forbidden',
        'This token is not good: expired, revoked, of an earlier edition or not of this workspace.',
        'Make another with jira-tpm token create, or sign in by a new link.',
      )
    : nothingDone(
        'forbidden',
        'This browser or program has no session here.',
        'Open a link of jira-tpm token link, or send a token of jira-tpm token create as Authorization: Bearer.',
      )
  return sendFailure(reply, error, 401)
}

function refuseScope(reply: FastifyReply, { kind, scope }: Caller, needed: Scope): void {
  void reply.header('www-authenticate', `Bearer error="insufficient_scope", scope="${needed}"`)
  const who = kind === 'token' ? 'this token' : 'this browser'
  const make = kind === 'token' ? 'create' : 'link'
  sendFailure(
    reply,
    nothingDone(
      'forbidden',
      `This takes the scope ${needed}, and ${who} has ${scope}.`,
      `Who runs the server makes one of that scope: jira-tpm token ${make} --scope ${needed}.`,
    ),
  )
}

function refuseOtherSite(reply: FastifyReply): void {
  sendFailure(
    reply,
    nothingDone(
      'forbidden',
      'The request does not say that a page of this server sent it, so it may come from another web site.',
      'A program sends a token, not the cookie of a browser: jira-tpm token create.',
    ),
  )
}
