/** A token that ends within this many days is warned of. */
export const WARN_DAYS = 14
const DAY_MS = 86_400_000

/** How a token stands, as far as its last day was entered: no Jira says it. */
export type TokenExpiry =
  | { readonly state: 'unknown'; readonly daysLeft: null }
  /** `daysLeft` is 0 on the last day and negative after it. */
  | { readonly state: 'fine' | 'soon' | 'expired'; readonly daysLeft: number }

/**
 * How many days a token has left whose last day is `day` (as `2027-01-31`; null where it is not known). Days are those
 * of UTC: it is not known at which hour, and in which zone, a token ends.
 */
export function tokenExpiry(day: string | null, nowMs: number): TokenExpiry {
  const last = day === null ? null : dayNumber(day)
  if (last === null) return { state: 'unknown', daysLeft: null }
  const daysLeft = last - Math.floor(nowMs / DAY_MS)
  if (daysLeft < 0) return { state: 'expired', daysLeft }
  return { state: daysLeft <= WARN_DAYS ? 'soon' : 'fine', daysLeft }
}

/** The warning about a token's last day, a whole sentence; null where there is nothing to warn of. */
export function tokenExpirySentence(day: string | null, nowMs: number): string | null {
  const { state, daysLeft } = tokenExpiry(day, nowMs)
  if (day === null || state === 'unknown' || state === 'fine') return null
  if (state === 'expired') return `The token's last day was ${day}.`
  if (daysLeft === 0) return `Today, ${day}, is the token's last day.`
  return `The token works for ${daysLeft === 1 ? 'one more day' : `${daysLeft} more days`}, until ${day}.`
}

/** Whether a text is a day that the calendar has, as `2027-01-31`. */
export function isDay(text: string): boolean {
  return dayNumber(text) !== null
}

/** Days since 1970-01-01; null where the text is no day. */
function dayNumber(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return null
  const ms = Date.parse(`${text}T00:00:00Z`)
  // Some engines take 30 February for 2 March.
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text ? null : ms / DAY_MS
}
