import { isMethod, methods } from '../../src-shared/contract/methods.ts'
import { TooMany } from './errors.ts'

/** Those that were idle longest are forgotten first. */
const MAX_KEYS = 20_000

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

export function createRateLimits(
  limits: Pick<ServerLimits, 'failures' | 'calls' | 'dearCalls' | 'maxCallsUnderWay'>,
  nowMs: () => number,
) {
  const failed = createBuckets(limits.failures, nowMs)
  const all = createBuckets(limits.calls, nowMs)
  const dear = createBuckets(limits.dearCalls, nowMs)
  const underWay = new Map<string, number>()
  return {
    /** Why no more is looked at of what comes from this address, where too many tries failed; else null. */
    lockOf(address: string): TooMany | null {
      const waitS = failed.waitFor(address)
      return waitS === 0 ? null : new TooMany(NO_RIGHT_TOKEN, waitS)
    },
    /** A token, session or code from this address was not right. */
    failed: (address: string) => void failed.take(address),
    /** This caller asks the core for something. Why it may not now, or null. */
    takeCall(callerId: string, method: string): TooMany | null {
      const dearS = isCostly(method) ? dear.take(callerId) : 0
      const waitS = dearS > 0 ? dearS : all.take(callerId)
      return waitS === 0 ? null : new TooMany(TOO_OFTEN, waitS)
    },
    /** The core begins to work for this caller, until the returned function is called. Throws `TooMany`. */
    begin(callerId: string): () => void {
      const before = underWay.get(callerId) ?? 0
      if (before >= limits.maxCallsUnderWay) throw new TooMany(TOO_MANY_UNDER_WAY, 1)
      underWay.set(callerId, before + 1)
      return () => {
        const left = (underWay.get(callerId) ?? 1) - 1
        if (left > 0) underWay.set(callerId, left)
        else underWay.delete(callerId)
      }
    },
  }
}

/** Of a renewal each server of the store reads again who may come in. */
function isCostly(method: string): boolean {
  return method === 'token/renew' || (isMethod(method) && methods[method].isCostly === true)
}

export type RateLimits = ReturnType<typeof createRateLimits>

const NO_RIGHT_TOKEN = 'Too many requests from this address had no right token or code.'

const TOO_OFTEN = 'This caller asks more often than the server takes of one.'

const TOO_MANY_UNDER_WAY = 'This caller waits for as many answers already as the server works on for one.'

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
  /** Those among them that are costly by the contract. */
  readonly dearCalls: Rate
  /** Of one caller that the core works for at the same time. */
  readonly maxCallsUnderWay: number
}

/** `burst` at once after a rest, and `perSecond` for good. */
interface Rate {
  readonly burst: number
  readonly perSecond: number
}

interface Bucket {
  tokens: number
  atMs: number
}

/** Token buckets by key, of bounded number. `nowMs` is any clock that only goes forward. */
export function createBuckets(rate: Rate, nowMs: () => number, maxKeys = MAX_KEYS) {
  const buckets = new Map<string, Bucket>()
  const refilled = (bucket: Bucket, now: number): number =>
    Math.min(rate.burst, bucket.tokens + (Math.max(0, now - bucket.atMs) / 1_000) * rate.perSecond)

  return {
    /** Takes one, or gives the seconds (above 0) after which there is one again. */
    take: (key: string): number => {
      const now = nowMs()
      const bucket = buckets.get(key) ?? { tokens: rate.burst, atMs: now }
      bucket.tokens = refilled(bucket, now)
      bucket.atMs = now
      // To the end of the map: its order is by last use.
      buckets.delete(key)
      buckets.set(key, bucket)
      if (buckets.size > maxKeys) buckets.delete(buckets.keys().next().value as string)
      if (bucket.tokens < 1) return (1 - bucket.tokens) / rate.perSecond
      bucket.tokens -= 1
      return 0
    },
    /** The seconds until `take` would give one; 0 where it would now. Takes nothing. */
    waitFor: (key: string): number => {
      const bucket = buckets.get(key)
      if (bucket === undefined) return 0
      return Math.max(0, 1 - refilled(bucket, nowMs())) / rate.perSecond
    },
  }
}
