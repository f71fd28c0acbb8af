import { AppError } from '../../src-shared/errors/app-error.ts'
import { isDear, type ServerLimits } from './limits.ts'
import { createBuckets } from './token-bucket.ts'

/** Each gives the seconds to wait, 0 where there is no need to. */
export interface RateLimits {
  /** Whether so many tries from this address failed that no more is looked at. */
  lockedFor(address: string): number
  /** A token, session or code from this address was not right. */
  failed(address: string): void
  /** This caller asks the core for something. */
  takeCall(callerId: string, method: string): number
}

export function createRateLimits(
  { failures, calls, dearCalls }: Pick<ServerLimits, 'failures' | 'calls' | 'dearCalls'>,
  nowMs: () => number,
): RateLimits {
  const failed = createBuckets(failures, nowMs)
  const all = createBuckets(calls, nowMs)
  const dear = createBuckets(dearCalls, nowMs)
  return {
    lockedFor: (address) => failed.waitFor(address),
    failed: (address) => void failed.take(address),
    takeCall(callerId, method) {
      const waitS = isDear(method) ? dear.take(callerId) : 0
      return waitS > 0 ? waitS : all.take(callerId)
    },
  }
}

/** Of an address that is locked. */
export function tooManyFailures(waitS: number): AppError {
  return new AppError(
    'too-many',
    'Too many requests from this address had no right token or code. Nothing was done.',
    { hint: `Try again in ${seconds(waitS)}.`, retryable: true },
  )
}

export function tooManyCalls(waitS: number): AppError {
  return new AppError(
    'too-many',
    'This caller asks more often than the server takes of one. Nothing was done.',
    { hint: `Ask again in ${seconds(waitS)}.`, retryable: true },
  )
}

/** For the header `Retry-After`. */
export function retryAfter(waitS: number): string {
  return String(Math.max(1, Math.ceil(waitS)))
}

function seconds(waitS: number): string {
  const whole = retryAfter(waitS)
  return whole === '1' ? 'a second' : `${whole} seconds`
}
