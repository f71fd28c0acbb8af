import { type AppError, nothingMade } from '../errors/app-error.ts'

/** A piece of a profile's text, with the place where it stands. */
export interface Piece {
  readonly text: string
  /** Index of its first character in the whole text. */
  readonly at: number
}

/** At most six decimals: what is written down again is what was read. */
const NUMBER = /^(?:\d{1,7}(?:\.\d{0,6})?|\.\d{1,6})$/
const DURATION = /^(\d{1,7}(?:\.\d{0,6})?|\.\d{1,6})(s|m|h)$/i
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 }

/** `usage`: what stands at one place of a profile's text cannot be read. `problem` continues the quotation. */
export function cannotRead({ text, at }: Piece, problem: string, hint: string): AppError {
  const what = text === '' ? `there is nothing at character ${at + 1}` : `"${text}" at character ${at + 1}`
  return nothingMade('usage', `The profile cannot be read: ${what} ${problem}.`, hint)
}

/** The pieces of a text between separators, without the spaces around them. */
export function piecesOf(whole: Piece, separator: RegExp): Piece[] {
  const pieces: Piece[] = []
  let start = 0
  for (const match of whole.text.matchAll(separator)) {
    pieces.push(trimmed(whole, start, match.index))
    start = match.index + match[0].length
  }
  return [...pieces, trimmed(whole, start, whole.text.length)]
}

function trimmed(whole: Piece, from: number, to: number): Piece {
  const raw = whole.text.slice(from, to)
  const text = raw.trim()
  return { text, at: whole.at + from + (text === '' ? 0 : raw.indexOf(text)) }
}

/** A number from 0 without sign or exponent; null where it is none. */
export function numberOf(text: string): number | null {
  return NUMBER.test(text) ? Number(text) : null
}

/** `90s`, `30m`, `1.5h` in whole milliseconds; null where it is no such thing. */
export function durationOf(text: string): number | null {
  const [, digits, unit = ''] = DURATION.exec(text) ?? []
  return digits === undefined ? null : Math.round(Number(digits) * (UNIT_MS[unit.toLowerCase()] ?? 0))
}

/** As `durationOf` reads it, in the largest unit of which there is a whole number. */
export function writtenDuration(ms: number): string {
  if (ms > 0 && ms % 3_600_000 === 0) return `${ms / 3_600_000}h`
  return ms % 60_000 === 0 ? `${ms / 60_000}m` : `${ms / 1_000}s`
}
