import { AppError } from '../../src-shared/errors/app-error.ts'
import { durationText } from './duration-text.ts'

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 }

/** Reads a flag's value as a length of time, `30s`, `15m` or `8h`, in ms, within limits. Anything else is refused (`usage`). */
export function duration(flag: string, limits: { minMs: number; maxMs: number }): (text: string) => number {
  return (text) => {
    const [, digits, unit = ''] = /^(\d{1,6})([smh])$/.exec(text) ?? []
    const ms = Number(digits) * (UNIT_MS[unit] ?? NaN)
    if (ms >= limits.minMs && ms <= limits.maxMs) return ms
    const [from, to] = [limits.minMs, limits.maxMs].map(durationText)
    throw new AppError(
      'usage',
      `${flag} takes a length of time from ${from} to ${to}, not "${text}". Nothing was done.`,
      {
        hint: 'Write it as 30s, 15m or 8h.',
      },
    )
  }
}
