import type { FastifyInstance, FastifyRequest } from 'fastify'
import { changes, type AccessEvent, type AccessFields, type AccessLog } from '../runtime/access-log.ts'
import type { Caller } from './auth.ts'
import { methodOf } from './guard.ts'
import { createBuckets } from './rate-limits.ts'

/** For each server, all refused callers together: a flood comes from many addresses. */
const REFUSALS = { burst: 60, perSecond: 0.2 }

/** What the server writes into the access log. */
export function createAccessRecords(accessLog: AccessLog | undefined, nowMs: () => number) {
  const refusals = createBuckets(REFUSALS, nowMs, 1)
  let leftOut = 0
  const record = (event: AccessEvent, fields: AccessFields): void => accessLog?.record(event, fields)
  return {
    record,
    /**
     * Of callers that were refused: one that floods the server fills no disk with it, and drives no other line out of the files.
     * Those that were left out are counted in the next one.
     */
    refused(event: AccessEvent, fields: AccessFields): void {
      if (refusals.take('') > 0) {
        leftOut += 1
      } else {
        record(event, leftOut === 0 ? fields : { ...fields, leftOut })
        leftOut = 0
      }
    },
  }
}
export type AccessRecords = ReturnType<typeof createAccessRecords>

/** Whose session or token it is, without its secret. */
export function whoIs({ id, kind, scope, name, linkId }: Caller): AccessFields {
  return { who: id, name, kind, scope, ...(linkId !== null && { link: linkId }) }
}

/** A line of each answered call that takes more than looking on. Nothing is read of what was sent or answered. */
export function recordCalls(
  server: FastifyInstance,
  access: AccessRecords,
  addressOf: (request: FastifyRequest) => string,
): void {
  server.addHook('onResponse', (request, reply, done) => {
    const { knownCaller: caller } = request
    const method = methodOf(request)
    const { statusCode: status } = reply
    // A foreign Host or Origin has a line of its own.
    if (!changes(method) || (caller === null && status === 403)) return done()
    const who = caller === null ? { who: null } : whoIs(caller)
    const fields = { method, ...who, address: addressOf(request), status }
    const isRefused = caller === null || status === 403 || status === 429
    if (isRefused) access.refused('call', fields)
    else access.record('call', fields)
    done()
  })
}
