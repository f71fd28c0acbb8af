import type { Rate } from './token-bucket.ts'

/** What the server takes of everybody and of each. Times are ms. */
export interface ServerLimits {
  /** From the first byte of a request, or of a connection, to the end of its head. */
  readonly headersTimeoutMs: number
  /** To the end of its body. */
  readonly requestTimeoutMs: number
  /** Between two requests of a connection. */
  readonly keepAliveMs: number
  /** How often those times are looked at. */
  readonly checkEveryMs: number
  /** A connection on which nothing at all moves for so long ends, except a WebSocket. */
  readonly silenceMs: number
  readonly maxHeaderBytes: number
  readonly maxConnections: number
  /** Of one address, where no proxy stands before the server. */
  readonly maxConnectionsOfAddress: number
  readonly maxSockets: number
  readonly maxSocketsOfCaller: number
  /** Answers 401 to one address. */
  readonly failures: Rate
  /** Calls of one caller that the core works for; what is answered from memory is not counted. */
  readonly calls: Rate
  /** Those among them that are `isDear`. */
  readonly dearCalls: Rate
  /** Of one caller that the core works for at the same time. */
  readonly maxCallsUnderWay: number
}

export const DEFAULT_LIMITS: ServerLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveMs: 10_000,
  checkEveryMs: 2_000,
  silenceMs: 10 * 60_000,
  maxHeaderBytes: 16 * 1_024,
  maxConnections: 5_000,
  maxConnectionsOfAddress: 2_500,
  maxSockets: 2_500,
  maxSocketsOfCaller: 250,
  failures: { burst: 20, perSecond: 0.5 },
  calls: { burst: 1_000, perSecond: 200 },
  dearCalls: { burst: 60, perSecond: 2 },
  maxCallsUnderWay: 8,
}

/** A proxy keeps connections for later, Caddy for two minutes: one that we ended first would cost somebody's call a 502. */
export const BEHIND_PROXY: Partial<ServerLimits> = { keepAliveMs: 150_000 }

const DEAR =
  /^(audit\.|data\.|sync\.now$|runs\.(cleanUp|readReplay|start)|settings\.(preflight|connect|disconnect|checkStore|useStore)$)/

/** Whether a call costs more than a look into the store. */
export function isDear(method: string): boolean {
  return DEAR.test(method)
}
