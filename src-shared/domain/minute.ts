/** Integer: epoch milliseconds ÷ 60,000, in UTC. The unit of every count. */
export type Minute = number

export const MS_PER_MINUTE = 60_000
export const MINUTES_PER_HOUR = 60
/** Of an ordinary day. */
export const MINUTES_PER_DAY = 1_440

/** The minute that an instant (epoch ms) falls in. */
export function minuteOf(epochMs: number): Minute {
  return Math.floor(epochMs / MS_PER_MINUTE)
}

/** The instant (epoch ms) at which a minute begins. */
export function startOfMinute(minute: Minute): number {
  return minute * MS_PER_MINUTE
}

/** A span of whole minutes, `[fromMinute, toMinute)`. */
export interface MinuteSpan {
  readonly fromMinute: Minute
  readonly toMinute: Minute
}

/** The whole minutes that cover `[fromMs, toMs)`. */
export function minuteSpan(fromMs: number, toMs: number): MinuteSpan {
  return { fromMinute: minuteOf(fromMs), toMinute: Math.ceil(toMs / MS_PER_MINUTE) }
}

/** ISO 8601 in UTC, as every instant in our JSON; milliseconds only where there are any. */
export function isoInstant(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.?0*Z$/, 'Z')
}
