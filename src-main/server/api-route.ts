import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Dispatch } from '../../src-shared/contract/dispatch.ts'
import { LARGE_METHODS, MAX_PARAMS_LENGTH, maxParamsLength } from '../../src-shared/contract/methods.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { sendFailure, statusOf } from './errors.ts'

/** Answers 401 to whoever has neither token nor session. For a route's `onRequest`. */
export type RequireSession = (request: FastifyRequest, reply: FastifyReply, done: () => void) => void

export function requireSession(isKnown: (request: FastifyRequest) => boolean): RequireSession {
  return (request, reply, done) => {
    if (isKnown(request)) return done()
    sendFailure(reply.header('www-authenticate', 'Bearer'), unknownCaller(), 401)
  }
}

/** A UTF-16 unit takes three bytes of UTF-8 at most, so what the contract takes gets through here. */
const BYTES_PER_UNIT = 3
export const MAX_BODY_BYTES = BYTES_PER_UNIT * MAX_PARAMS_LENGTH

/**
 * POST /api/<method> with the parameters as JSON body: the contract over HTTP. Nothing is read of the body before the
 * caller is known, and then no more than the contract takes.
 */
export function addApiRoutes(server: FastifyInstance, dispatch: Dispatch, onRequest: RequireSession): void {
  const answer = async (
    method: string,
    { body }: FastifyRequest,
    reply: FastifyReply,
  ): Promise<FastifyReply> => {
    const said = await dispatch(method, body)
    return reply.code(statusOf(said)).send(said)
  }
  server.post<{ Params: { method: string } }>(
    '/api/:method',
    { onRequest, bodyLimit: MAX_BODY_BYTES },
    (request, reply) => answer(request.params.method, request, reply),
  )
  for (const method of LARGE_METHODS) {
    const bodyLimit = BYTES_PER_UNIT * maxParamsLength(method)
    server.post(`/api/${method}`, { onRequest, bodyLimit }, (request, reply) =>
      answer(method, request, reply),
    )
  }
}

function unknownCaller(): AppError {
  return new AppError('forbidden', 'This browser or program has no session here. Nothing was done.', {
    hint: 'Open the link that the terminal shows, or send the bearer token.',
  })
}
