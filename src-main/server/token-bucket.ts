/** `burst` at once after a rest, and `perSecond` for good. */
export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

/** How much each of many keys may still take. */
export interface Buckets {
  /** Takes one, or gives the seconds (above 0) after which there is one again. */
  readonly take: (key: string) => number
  /** The seconds until `take` would give one; 0 where it would now. Takes nothing. */
  readonly waitFor: (key: string) => number
}

interface Bucket {
  tokens: number
  atMs: number
}

/** So many keys are remembered at most; the one that was idle longest goes first. */
const MOST_KEYS = 20_000

/** Token buckets by key, of bounded number. `nowMs` is any clock that only goes forward. */
export function createBuckets(rate: Rate, nowMs: () => number, mostKeys = MOST_KEYS): Buckets {
  const buckets = new Map<string, Bucket>()
  const refilled = (bucket: Bucket, now: number): number =>
    Math.min(rate.burst, bucket.tokens + (Math.max(0, now - bucket.atMs) / 1_000) * rate.perSecond)

  return {
    take(key) {
      const now = nowMs()
      const bucket = buckets.get(key) ?? { tokens: rate.burst, atMs: now }
      bucket.tokens = refilled(bucket, now)
      bucket.atMs = now
      // To the end of the map: its order is by last use.
      buckets.delete(key)
      buckets.set(key, bucket)
      if (buckets.size > mostKeys) buckets.delete(buckets.keys().next().value as string)
      if (bucket.tokens < 1) return (1 - bucket.tokens) / rate.perSecond
      bucket.tokens -= 1
      return 0
    },
    waitFor(key) {
      const bucket = buckets.get(key)
      if (bucket === undefined) return 0
      return Math.max(0, 1 - refilled(bucket, nowMs())) / rate.perSecond
    },
  }
}
