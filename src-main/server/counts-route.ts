import type { FastifyInstance } from 'fastify'
import type { Dispatch } from '../../src-shared/contract/dispatch.ts'
import type { App } from '../app/app.ts'
import { MAX_BODY_BYTES } from './api-route.ts'
import type { Auth } from './auth.ts'
import { callerIdOf } from './caller.ts'
import { createCountsAnswers } from './counts-answers.ts'
import { statusOf } from './errors.ts'
import type { RateLimits } from './rate-limits.ts'
import { requireScope } from './require-scope.ts'

export const COUNTS_PATH = '/api/counts.get'

/** POST /api/counts.get, as all calls, but answered from memory where nothing has changed: what every viewer asks for. */
export function addCountsRoute(
  server: FastifyInstance,
  {
    auth,
    rates,
    ...core
  }: { auth: Auth; rates: RateLimits; dispatch: Dispatch; countsState: App['countsState'] },
): void {
  const answerOf = createCountsAnswers(core)
  const onRequest = requireScope(auth, 'read')
  void server.register((route, _options, done) => {
    // Its body stays text: the one that was asked before is not read again.
    route.removeContentTypeParser('application/json')
    route.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, text, read) =>
      read(null, text),
    )
    const parse = route.getDefaultJsonParser('error', 'error')
    route.post(COUNTS_PATH, { onRequest, bodyLimit: MAX_BODY_BYTES }, async (request, reply) => {
      const { body, knownCaller } = request
      const read = (text: string): unknown => {
        let value: unknown
        // As of every other call; it answers at once.
        void parse(request, text, (error, parsed) => {
          if (error !== null) throw error
          value = parsed
        })
        return value
      }
      const begin = (): (() => void) => {
        const callerId = callerIdOf(knownCaller)
        const refusal = rates.takeCall(callerId, 'counts.get')
        if (refusal !== null) throw refusal
        return rates.begin(callerId)
      }
      const answer = await answerOf(typeof body === 'string' ? body : '', { read, begin })
      if (!Buffer.isBuffer(answer)) return reply.code(statusOf(answer)).send(answer)
      return reply.header('content-type', 'application/json; charset=utf-8').send(answer)
    })
    done()
  })
}
