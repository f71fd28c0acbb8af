import type { FastifyRequest } from 'fastify'
import type { Scope } from '../../src-shared/contract/schema.ts'

/** Who a request is from, as far as that matters: what it may do, and until when. */
export interface Caller {
  readonly kind: 'token' | 'session'
  /** The token's `jti`, or the session's public name: no secret. */
  readonly id: string
  readonly scope: Scope
  readonly expiresMs: number
  /** The link that began this session: when it is revoked, this ends. Null for a token. */
  readonly linkId: string | null
}

/** Of a request that `requireScope` let in. */
export function callerOf({ knownCaller }: FastifyRequest): Caller {
  if (knownCaller === null) throw new TypeError('a caller was let in and is not there')
  return knownCaller
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by `requireScope`, also where the caller may not what it asks for; null on routes that are open. */
    knownCaller: Caller | null
  }
}
