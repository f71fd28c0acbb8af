import type { FastifyReply } from 'fastify'
import { errorCollection } from './jira-error.ts'
import type { FaultKind } from './faults.ts'

const LOGIN_PAGE =
  '<!doctype html><html><head><title>Log in with Atlassian account</title></head><body><form method="post" action="/login"></form></body></html>'

/** Carries out a fault that strikes before the endpoint is asked. True where that was the whole answer. */
export function faultBefore(kind: FaultKind, reply: FastifyReply): boolean {
  if (kind === 'status-503') {
    void reply
      .code(503)
      .header('retry-after', '1')
      .send(errorCollection(['Service Unavailable']))
    return true
  }
  if (kind === 'login-page') {
    void reply.code(200).type('text/html;charset=UTF-8').send(LOGIN_PAGE)
    return true
  }
  if (kind === 'reset-before') {
    reset(reply)
    return true
  }
  return false
}

/**
 * Carries out a fault that strikes the answer on its way out. Returns what is to be sent instead, or null where the
 * connection has been taken over.
 */
export function faultAfter(kind: FaultKind, reply: FastifyReply, payload: string): string | null {
  if (kind === 'truncated') {
    reply.removeHeader('content-length')
    return payload.slice(0, Math.floor(payload.length / 2))
  }
  if (kind === 'reset-after') {
    reset(reply)
    return null
  }
  if (kind === 'stall') {
    stall(reply, payload)
    return null
  }
  return payload
}

function reset(reply: FastifyReply): void {
  reply.hijack()
  reply.raw.socket?.resetAndDestroy()
}

/** Promises the whole body, sends half, and says no more until somebody hangs up. */
function stall(reply: FastifyReply, payload: string): void {
  const body = Buffer.from(payload)
  reply.hijack()
  reply.raw.writeHead(reply.statusCode, { 'content-type': 'application/json', 'content-length': body.length })
  reply.raw.write(body.subarray(0, Math.floor(body.length / 2)))
}
