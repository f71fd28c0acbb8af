import { Temporal } from 'temporal-polyfill'
import { flagValue } from './options.ts'

/**
 * Reads a flag's value as an instant (epoch ms): ISO 8601 with an offset or `Z`, else the wall clock of `zone`; a date
 * alone is its midnight. Throws `usage`.
 */
export function parseInstant(flag: string, text: string, zone: string): number {
  return flagValue(
    'a date and time',
    (typed) => {
      const epochMs = withOffset(typed) ?? onWallClock(typed, zone)
      return epochMs !== null && epochMs >= 0 ? epochMs : null
    },
    { hint: 'Write it as 2026-11-24T14:00Z, or as 2026-11-24T14:00 on your own clock.' },
  )(text, flag)
}

function withOffset(text: string): number | null {
  try {
    return Temporal.Instant.from(text).epochMilliseconds
  } catch {
    return null
  }
}

function onWallClock(text: string, zone: string): number | null {
  try {
    return Temporal.PlainDateTime.from(text).toZonedDateTime(zone).epochMilliseconds
  } catch {
    return null
  }
}
