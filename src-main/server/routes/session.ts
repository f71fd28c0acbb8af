import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { AppError, nothingDone } from '../../../src-shared/errors/app-error.ts'
import { callerOf, type Auth } from '../auth.ts'
import { sendFailure } from '../errors.ts'
import { whoIs } from '../record-access.ts'
import { requireScope } from '../require-scope.ts'
import type { ServerParts } from '../server-parts.ts'

const Trade = Type.Object({ code: Type.String({ maxLength: 128 }) }, { additionalProperties: false })

/**
 * POST /api/session trades the code of a link for a session cookie that no script can read; GET says what the caller may
 * do, and until when; POST /api/session/end signs the browser out.
 */
export function addSessionRoute(server: FastifyInstance, parts: ServerParts): void {
  const { auth } = parts
  const onRequest = requireScope(auth, 'display')
  addTrade(server, parts)
  server.get('/api/session', { onRequest }, (request, reply) => {
    const { kind, scope, expiresMs } = callerOf(request)
    return reply.send({ ok: true, result: { kind, scope, expiresMs } })
  })
  server.post('/api/session/end', { onRequest }, async (request, reply) => {
    const caller = callerOf(request)
    if (caller.kind !== 'session') {
      return sendFailure(
        reply,
        nothingDone(
          'bad-request',
          'A token is no session that could be ended.',
          'jira-tpm token revoke ends a token.',
        ),
      )
    }
    await auth.end(caller)
    return reply.clearCookie(auth.cookieName(), cookieOptions(parts)).send({ ok: true, result: {} })
  })
}

function addTrade(server: FastifyInstance, parts: ServerParts): void {
  const { auth, access, addressOf } = parts
  server.post('/api/session', async (request, reply) => {
    const { body } = request
    if (!Check(Trade, body)) {
      return sendFailure(reply, nothingDone('bad-request', 'The body must be {"code": "…"}.'))
    }
    const begun = await auth.trade(body.code)
    if (begun === null) return sendFailure(reply, spent(), 401)
    await endFormer(auth, request)
    const until = new Date(begun.caller.expiresMs).toISOString()
    access.record('session-begun', { ...whoIs(begun.caller), address: addressOf(request), until })
    return setSession(reply, begun, parts).send({ ok: true, result: { scope: begun.caller.scope } })
  })
}

/** The browser's cookie is replaced, so there would be no way to sign out of the session that it had. */
async function endFormer(auth: Auth, request: FastifyRequest): Promise<void> {
  try {
    const former = await auth.callerOf(request)
    if (former?.kind === 'session' && former.scope !== 'display') await auth.end(former)
  } catch {
    // The link is spent: its browser is let in, and what it had ends by its time.
  }
}

/** A screen's outlives its browser: nobody is there to open the link again. */
function setSession(
  reply: FastifyReply,
  { secret, caller }: NonNullable<Awaited<ReturnType<Auth['trade']>>>,
  parts: ServerParts,
): FastifyReply {
  const expires = caller.scope === 'display' ? { expires: new Date(caller.expiresMs) } : {}
  return reply.setCookie(parts.auth.cookieName(), secret, { ...cookieOptions(parts), ...expires })
}

function cookieOptions({ https }: ServerParts) {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: https } as const
}

function spent(): AppError {
  return new AppError('forbidden', 'This link was used before, has expired or was revoked.', {
    hint: 'jira-tpm token link makes a new one.',
  })
}
