import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import {
  isMethod,
  LARGE_METHODS,
  MAX_PARAMS_LENGTH,
  maxParamsLength,
  methods,
} from '../../../src-shared/contract/methods.ts'
import type { Scope } from '../../../src-shared/contract/schema.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { sendReply } from '../errors.ts'
import { callerOf } from '../auth.ts'
import { requireScope, versionOf } from '../require-scope.ts'
import type { ServerParts } from '../server-parts.ts'

/** A UTF-16 unit takes three bytes of UTF-8 at most, so what the contract takes gets through here. */
const BYTES_PER_UNIT = 3
export const MAX_BODY_BYTES = BYTES_PER_UNIT * MAX_PARAMS_LENGTH

/** The route of all calls that have none of their own. */
export const CALL_ROUTE = '/api/:method'

/**
 * POST /api/<method> with the parameters as JSON body: the contract over HTTP. Nothing is read of the body before the
 * caller is known, and then no more than the contract takes.
 */
export function addApiRoutes(server: FastifyInstance, { dispatch, auth, rates }: ServerParts): void {
  const answer = async (
    method: string,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> => {
    const { id, scope } = callerOf(request)
    const end = rates.begin(id)
    const version = versionOf(request)
    const said = await dispatch(method, request.body, {
      scope,
      version,
      signal: abortedWhenLeft(reply),
    }).finally(end)
    if (!said.ok && said.error.code === 'too-many') void reply.header('retry-after', BUSY_RETRY_S)
    if (said.ok && SHARED.has(method)) return sendWritten(reply, said)
    return sendReply(reply, said)
  }
  server.post<{ Params: { method: string } }>(
    CALL_ROUTE,
    { onRequest: requireScope(auth, scopeOf), bodyLimit: MAX_BODY_BYTES },
    (request, reply) => answer(request.params.method, request, reply),
  )
  for (const method of LARGE_METHODS) {
    const bodyLimit = BYTES_PER_UNIT * maxParamsLength(method)
    const onRequest = requireScope(auth, methods[method].scope)
    server.post(`/api/${method}`, { onRequest, bodyLimit }, (request, reply) =>
      answer(method, request, reply),
    )
  }
}

/** Their result is the very same object for all who ask at the same moment: it is written as JSON once, as it may be long. */
const SHARED = new Set<string>(['runs.minutes', 'counts.outside', 'tickets.list', 'tickets.left'])

const written = new WeakMap<object, Buffer>()

function sendWritten(reply: FastifyReply, said: { readonly result: unknown }): FastifyReply {
  const result = said.result as object
  const bytes = written.get(result) ?? Buffer.from(JSON.stringify(said))
  written.set(result, bytes)
  return reply.header('content-type', 'application/json; charset=utf-8').send(bytes)
}

/** Of what the core has too much to do for. */
const BUSY_RETRY_S = '5'

/** Aborted when the connection closes before the answer is sent: the caller has left. */
function abortedWhenLeft({ raw }: FastifyReply): AbortSignal {
  const left = new AbortController()
  raw.once('close', () => {
    if (raw.writableFinished) return
    left.abort(
      new AppError('cancelled', 'Whoever asked for it has left.', {
        consequence: 'It was given up, and nothing was changed.',
      }),
    )
  })
  return left.signal
}

/** What is not in the contract does nothing, and the answer says so to a caller with the scope to read. */
function scopeOf({ params }: FastifyRequest): Scope {
  const { method } = params as { method: string }
  return isMethod(method) ? methods[method].scope : 'read'
}
