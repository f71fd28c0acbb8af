import { TooMany } from './errors.ts'
import { isDear, type ServerLimits } from './limits.ts'
import { createBuckets } from './token-bucket.ts'

export interface RateLimits {
  /** Why no more is looked at of what comes from this address, where too many tries failed; else null. */
  lockOf(address: string): TooMany | null
  /** A token, session or code from this address was not right. */
  failed(address: string): void
  /** This caller asks the core for something. Why it may not now, or null. */
  takeCall(callerId: string, method: string): TooMany | null
  /** The core begins to work for this caller, until the returned function is called. Throws `TooMany`. */
  begin(callerId: string): () => void
}

export function createRateLimits(
  limits: Pick<ServerLimits, 'failures' | 'calls' | 'dearCalls' | 'maxCallsUnderWay'>,
  nowMs: () => number,
): RateLimits {
  const failed = createBuckets(limits.failures, nowMs)
  const all = createBuckets(limits.calls, nowMs)
  const dear = createBuckets(limits.dearCalls, nowMs)
  const underWay = new Map<string, number>()
  return {
    lockOf(address) {
      const waitS = failed.waitFor(address)
      return waitS === 0 ? null : new TooMany(NO_RIGHT_TOKEN, waitS)
    },
    failed: (address) => void failed.take(address),
    takeCall(callerId, method) {
      const dearS = isDear(method) ? dear.take(callerId) : 0
      const waitS = dearS > 0 ? dearS : all.take(callerId)
      return waitS === 0 ? null : new TooMany(TOO_OFTEN, waitS)
    },
    begin(callerId) {
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

const NO_RIGHT_TOKEN = 'Too many requests from this address had no right token or code. Nothing was done.'
const TOO_OFTEN = 'This caller asks more often than the server takes of one. Nothing was done.'
const TOO_MANY_UNDER_WAY =
  'This caller waits for as many answers already as the server works on for one. Nothing was done.'
