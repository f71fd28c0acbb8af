import { Temporal } from 'temporal-polyfill'
import { AppError } from '../../src-shared/errors/app-error.ts'

/**
 * Reads a flag's value as an instant (epoch ms): ISO 8601 with an offset or `Z`, else the wall clock of `zone`; a date
 * alone is its midnight. Throws `usage`.
 */
export function parseInstant(flag: string, text: string, zone: string): number {
  const epochMs = withOffset(text) ?? onWallClock(text, zone)
  if (epochMs !== null && epochMs >= 0) return epochMs
  throw new AppError('usage', `${flag} takes a date and time, not "${text}". Nothing was done.`, {
    hint: 'Write it as 2026-11-24T14:00Z, or as 2026-11-24T14:00 on your own clock.',
  })
}

/** ISO 8601 in UTC, as every instant in our JSON; milliseconds only where there are any. */
export function isoInstant(epochMs: number): string {
  return Temporal.Instant.fromEpochMilliseconds(epochMs).toString()
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
