import { tokenExpiry } from '../../src-shared/domain/token-expiry.ts'

export interface TokenWords {
  readonly text: string
  /** Another one tomorrow, and for another token. */
  readonly id: string
}

const dates = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
})

/** What is told of a token that ends soon or has ended; null where there is nothing to tell. `day` is its last one. */
export function tokenWords(day: string | null, nowMs: number): TokenWords | null {
  const { state, daysLeft } = tokenExpiry(day, nowMs)
  if (day === null || state === 'unknown' || state === 'fine') return null
  const date = dates.format(Date.parse(day))
  const text =
    state === 'expired'
      ? `The API token ended on ${date}. Make a new one.`
      : `The API token ends ${whenWords(daysLeft)}${date}. Make a new one.`
  return { text, id: `${day} ${daysLeft}` }
}

function whenWords(daysLeft: number): string {
  if (daysLeft > 1) return `in ${daysLeft} days, on `
  return daysLeft === 1 ? 'tomorrow, on ' : 'today, on '
}
