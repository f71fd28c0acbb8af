import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { Check } from 'typebox/value'
import { CONTRACT_VERSION, SERVED_VERSIONS } from '../../../src-shared/contract/version.ts'
import { AppError, nothingDone } from '../../../src-shared/errors/app-error.ts'
import { projectVersion } from '../../runtime/project-files.ts'
import type { Tokens } from '../../tokens/tokens.ts'
import { bearerOf, callerOf, type Caller } from '../auth.ts'
import { sendFailure } from '../errors.ts'
import { HELLO_PATH } from '../guard.ts'
import { whoIs } from '../record-access.ts'
import { refuseUnknown, requireScope } from '../require-scope.ts'
import type { ServerParts } from '../server-parts.ts'

/** A name of 100 characters may be escaped in JSON. */
const MAX_LOGIN_BYTES = 2_048

const Login = Type.Object(
  {
    code: Type.String({ minLength: 1, maxLength: 128 }),
    name: Type.String({ minLength: 1, maxLength: 200 }),
  },
  { additionalProperties: false },
)

/** 1 to 100 characters that can be seen, as `token list` and the access log show them. */
const MACHINE_NAME = /^(?=.*\S)[^\p{C}]{1,100}$/u

interface LoginParts extends ServerParts {
  readonly tokens: Pick<Tokens, 'login' | 'renew' | 'revoke' | 'identity'>
  /** What people call this server. */
  readonly name: string
  readonly nowMs: () => number
}

/**
 * How a program signs in. GET /api/hello says who the server is; POST /api/login trades the code of a link for a token of 90
 * days, POST /api/token/renew has them begin anew, POST /api/token/end signs out.
 */
export function addLoginRoutes(server: FastifyInstance, parts: LoginParts): void {
  const { auth, tokens, access, addressOf, name, nowMs } = parts
  server.get(HELLO_PATH, async (_request, reply) => {
    const serverId = await tokens.identity()
    const program = { program: 'jira-tpm', version: projectVersion() }
    const contract = {
      contract: SERVED_VERSIONS,
      leastContract: Math.min(...SERVED_VERSIONS, CONTRACT_VERSION),
    }
    return reply.send({ ok: true, result: { ...program, ...contract, serverId, name, nowMs: nowMs() } })
  })
  addLogin(server, parts)
  const onRequest = requireScope(auth, 'read')
  server.post('/api/token/renew', { onRequest }, async (request, reply) => {
    const token = ownToken(request)
    if (token === null) return sendFailure(reply, notByToken())
    const made = await tokens.renew(token, callerOf(request), leaving(reply))
    if (made === null) return refuseUnknown(request, reply)
    return reply.send({ ok: true, result: { token: made.token, expiresMs: made.record.expiresMs } })
  })
  server.post('/api/token/end', { onRequest }, async (request, reply) => {
    const caller = callerOf(request)
    if (ownToken(request) === null) return sendFailure(reply, notByToken())
    await tokens.revoke(caller.id)
    access.record('signed-out', { ...whoIs(caller), address: addressOf(request) })
    return reply.send({ ok: true, result: {} })
  })
}

function addLogin(server: FastifyInstance, { tokens, access, addressOf }: LoginParts): void {
  server.post('/api/login', { bodyLimit: MAX_LOGIN_BYTES }, async (request, reply) => {
    const { body } = request
    if (!Check(Login, body) || !MACHINE_NAME.test(body.name)) {
      return sendFailure(
        reply,
        nothingDone(
          'bad-request',
          'The body must be {"code": "…", "name": "…"}: the code of a link, and the machine’s name, of 1 to 100 characters that can be seen.',
        ),
      )
    }
    const made = await tokens.login(body.code, body.name.trim(), leaving(reply))
    if (made === null) return sendFailure(reply, spent(), 401)
    const { id, scope, name, expiresMs } = made.record
    const caller: Caller = { kind: 'token', id, scope, name, expiresMs, linkId: null }
    const until = new Date(expiresMs).toISOString()
    access.record('signed-in', { ...whoIs(caller), address: addressOf(request), until })
    return reply.send({ ok: true, result: { token: made.token, id, scope, expiresMs } })
  })
}

/** The token by which the caller is known; null for a browser. */
function ownToken(request: FastifyRequest): string | null {
  return callerOf(request).kind === 'token' ? bearerOf(request.raw) : null
}

/** Nobody waits for a key that is asked for any more. */
function leaving({ raw }: FastifyReply): AbortSignal {
  const left = new AbortController()
  raw.once('close', () => left.abort(new AppError('cancelled', 'Whoever asked for it has left.')))
  return left.signal
}

function notByToken(): AppError {
  return nothingDone(
    'bad-request',
    'A browser’s session is no token.',
    'Programs send theirs as Authorization: Bearer; a browser signs out by POST /api/session/end.',
  )
}

function spent(): AppError {
  return new AppError('forbidden', 'This code was used before, has expired or was revoked.', {
    consequence: 'Nobody was signed in.',
    hint: 'Ask who runs the server for a new link: jira-tpm token link.',
  })
}
