import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Dispatch } from '../../src-shared/contract/dispatch.ts'
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

/** POST /api/<method> with the parameters as JSON body: the contract over HTTP. */
export function addApiRoute(server: FastifyInstance, dispatch: Dispatch, onRequest: RequireSession): void {
  server.post<{ Params: { method: string } }>('/api/:method', { onRequest }, async (request, reply) => {
    const answer = await dispatch(request.params.method, request.body)
    return reply.code(statusOf(answer)).send(answer)
  })
}

function unknownCaller(): AppError {
  return new AppError('forbidden', 'This browser or program has no session here. Nothing was done.', {
    hint: 'Open the link that the terminal shows, or send the bearer token.',
  })
}
