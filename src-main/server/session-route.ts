import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { sessionCookieName, type Auth } from './auth.ts'
import { sendFailure } from './errors.ts'

const Trade = Type.Object({ code: Type.String({ maxLength: 128 }) }, { additionalProperties: false })

/** POST /api/session: trades the code of the printed link for a session cookie that no script can read. */
export function addSessionRoute(
  server: FastifyInstance,
  { auth, port, onUsed }: { auth: Auth; port: () => number; onUsed: () => void },
): void {
  server.post('/api/session', (request, reply) => {
    const { body } = request
    if (!Check(Trade, body)) {
      return sendFailure(
        reply,
        new AppError('bad-request', 'The body must be {"code": "…"}. Nothing was done.'),
      )
    }
    const session = auth.trade(body.code)
    if (session === null) return sendFailure(reply, spent(), 401)
    onUsed()
    return reply
      .setCookie(sessionCookieName(port()), session, { path: '/', httpOnly: true, sameSite: 'strict' })
      .send({ ok: true, result: {} })
  })
}

function spent(): AppError {
  return new AppError('forbidden', 'This link was used before, or belongs to an earlier start.', {
    hint: 'The terminal that serves the dashboard shows a new one.',
  })
}
