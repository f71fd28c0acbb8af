import type { FastifyRequest } from 'fastify'
import type { Dispatch } from '../../src-shared/contract/dispatch.ts'
import type { EventHub } from '../../src-shared/contract/client.ts'
import type { Log } from '../runtime/log.ts'
import type { Auth } from './auth.ts'
import type { RateLimits, ServerLimits } from './rate-limits.ts'
import type { AccessRecords } from './record-access.ts'

/** What the guard and the routes of one server share. */
export interface ServerParts {
  readonly dispatch: Dispatch
  readonly hub: EventHub
  readonly auth: Auth
  readonly rates: RateLimits
  readonly limits: ServerLimits
  readonly access: AccessRecords
  /** Whom limits are counted for. */
  readonly addressOf: (request: FastifyRequest) => string
  /** Whether browsers come by https, be it to us or to a proxy before us. */
  readonly https: boolean
  /** How often listeners must show that they are there, in ms. */
  readonly heartbeatMs: number
  readonly log: Log
}
