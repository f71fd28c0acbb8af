import { nothingMade, type AppError } from '../../errors/app-error.ts'

/** How a run's arrivals are spread over it. See docs/profiles.md. */
export type Profile = Shape | Combination

/** How tickets lie where the rate says how many come: by chance, or as evenly as the rate lets them. */
export type Spacing = 'steady' | 'even'

/** A profile that fits any number of tickets and any length. */
export type Shape = { readonly spacing: Spacing } & (
  | { readonly kind: 'flat' }
  /** Relative rates at the start and at the end. */
  | { readonly kind: 'ramp'; readonly from: number; readonly to: number }
  | Spike
  /** Waves, quiet where they begin and end. */
  | { readonly kind: 'sine'; readonly waves: number }
)

export interface Spike {
  readonly kind: 'spike'
  /** Null: half-way. */
  readonly atMs: number | null
  /** How many times the usual rate. */
  readonly height: number
  /** Null: a twelfth of the run, or what is left of it. */
  readonly longMs: number | null
}

/** Parts one after the other, with a number of tickets and a length of its own. */
export interface Combination {
  readonly kind: 'parts'
  readonly parts: readonly ProfilePart[]
}

export interface ProfilePart {
  readonly ms: number
  /** Tickets an hour at its start and at its end. */
  readonly from: number
  readonly to: number
  readonly spacing: Spacing
}

/** At most six decimals: what is written down again is what was read. */
const NUMBER = /^(?:\d{1,7}(?:\.\d{0,6})?|\.\d{1,6})$/
const DURATION = /^(\d{1,7}(?:\.\d{0,6})?|\.\d{1,6})(s|m|h)$/i
const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 }

export const STEADY: Profile = { kind: 'flat', spacing: 'steady' }
const DEFAULT_RAMP = { from: 0, to: 2 }
const DEFAULT_HEIGHT = 5
const MAX_WAVES = 100
/** As the contract has it. */
const MAX_LENGTH = 500

const FORMS =
  'It is steady, even, ramp, spike, sine, or parts such as 30m@50,10m@200 (30 minutes of 50 tickets an hour, then 10 of 200).'
const DURATIONS = 'Durations are written as 90s, 30m or 1h.'

/** The same profile for the same text; the inverse of `writtenProfile`. Throws `usage`, with the place in the text. */
export function parseProfile(text: string): Profile {
  if (text.length > MAX_LENGTH) throw tooLong(text.length)
  const whole = { text, at: 0 }
  if (text.includes('@')) return parseParts(whole)
  const [name, ...words] = piecesOf(whole, /\s+/g).filter((piece) => piece.text !== '')
  if (name === undefined) throw nothingMade('usage', 'The profile is empty.', FORMS)
  return parseShape(name, words)
}

/** The profile as it is shown, kept and read again. */
export function writtenProfile(profile: Profile): string {
  if (profile.kind === 'parts') return profile.parts.map(writtenPart).join(',')
  if (profile.kind === 'flat') return profile.spacing
  return writtenShape(profile) + writtenSpacing(profile.spacing)
}

function parseShape(name: Piece, words: readonly Piece[]): Shape {
  const asked = spacingOf(words.at(-1))
  const rest = asked === null ? words : words.slice(0, -1)
  const spacing = asked ?? 'steady'
  switch (name.text.toLowerCase()) {
    case 'steady':
      refuseMore(words, 'Write steady alone.')
      return { kind: 'flat', spacing: 'steady' }
    case 'even':
      refuseMore(words, 'Write even alone.')
      return { kind: 'flat', spacing: 'even' }
    case 'ramp':
      return { kind: 'ramp', ...parseRamp(rest), spacing }
    case 'spike':
      return { kind: 'spike', ...parseSpike(rest), spacing }
    case 'sine':
      return { kind: 'sine', waves: parseWaves(rest), spacing }
    default:
      throw cannotRead(name, 'is no profile', FORMS)
  }
}

function parseRamp([rates, ...more]: readonly Piece[]): { from: number; to: number } {
  const hint = 'Write ramp, or ramp 1-5: from one rate to five times that, or ramp 5-1.'
  refuseMore(more, hint)
  if (rates === undefined) return DEFAULT_RAMP
  const [from, to, ...others] = piecesOf(rates, /-/g).map((piece) => numberOf(piece.text))
  if (from === undefined || from === null || to === undefined || to === null || others.length > 0) {
    throw cannotRead(rates, 'is no pair of rates', hint)
  }
  if (from + to === 0) throw cannotRead(rates, 'brings no ticket at all', hint)
  return { from, to }
}

/** `30m x5 10m`: its begin, how many times the usual rate, its length. */
function parseSpike(words: readonly Piece[]): Omit<Spike, 'kind'> {
  const hint = `Write spike 30m x5 10m: begins at minute 30, five times the usual rate, 10 minutes long. Each may be left out. ${DURATIONS}`
  const heightAt = words.findIndex(({ text }) => /^[x×]/i.test(text))
  const before = heightAt === -1 ? words : words.slice(0, heightAt)
  const after = heightAt === -1 ? words.slice(1) : words.slice(heightAt + 1)
  const [begin] = before
  const [length] = after
  refuseMore(heightAt === -1 ? words.slice(2) : [...before.slice(1), ...after.slice(1)], hint)
  const height = heightAt === -1 ? DEFAULT_HEIGHT : parseHeight(words[heightAt], hint)
  const longMs = length === undefined ? null : parseDuration(length, hint)
  if (length !== undefined && longMs === 0) throw cannotRead(length, 'is no length', hint)
  return { atMs: begin === undefined ? null : parseDuration(begin, hint), height, longMs }
}

function parseHeight(word: Piece | undefined, hint: string): number {
  const height = numberOf(word?.text.slice(1) ?? '')
  if (height !== null) return height
  throw cannotRead(word ?? { text: '', at: 0 }, 'is no height', hint)
}

function parseWaves([waves, ...more]: readonly Piece[]): number {
  const hint = `Write sine, or sine 3 for three waves: a whole number from 1 to ${MAX_WAVES}.`
  refuseMore(more, hint)
  if (waves === undefined) return 1
  const number = numberOf(waves.text)
  if (number !== null && Number.isInteger(number) && number >= 1 && number <= MAX_WAVES) return number
  throw cannotRead(waves, 'is no number of waves', hint)
}

function parseParts(whole: Piece): Combination {
  const parts = piecesOf(whole, /,/g).map(parsePart)
  if (parts.some(({ from, to }) => from + to > 0)) return { kind: 'parts', parts }
  throw nothingMade(
    'usage',
    'No part of the profile brings a ticket.',
    'Give at least one of them a rate above 0, as in 10m@0,30m@50.',
  )
}

/** `10m@200`, `10m@50-200`, `10m@200 even`. */
function parsePart(part: Piece): ProfilePart {
  const hint = `Parts are written as 30m@50 (30 minutes of 50 tickets an hour), 10m@50-200 or 10m@200 even, with commas between them. ${DURATIONS}`
  if (part.text === '') throw cannotRead(part, 'where a part is expected', hint)
  const [length, rest, ...more] = piecesOf(part, /@/g)
  if (length === undefined || rest === undefined || more.length > 0) {
    throw cannotRead(part, 'is no part', hint)
  }
  const ms = parseDuration(length, hint)
  if (ms === 0) throw cannotRead(length, 'is no length', hint)
  const words = piecesOf(rest, /\s+/g)
  const spacing = words.length > 1 ? spacingOf(words.at(-1)) : null
  const rates = piecesOf(spacing === null ? rest : withoutLast(rest, words), /-/g)
  if (rates.length > 2) throw cannotRead(rest, 'is no rate and no pair of rates', hint)
  const [from = 0, to = from] = rates.map((rate) => parseRate(rate, hint))
  return { ms, from, to, spacing: spacing ?? 'steady' }
}

function withoutLast(piece: Piece, words: readonly Piece[]): Piece {
  const end = (words.at(-1)?.at ?? piece.at) - piece.at
  return { text: piece.text.slice(0, end).trim(), at: piece.at }
}

function parseRate(rate: Piece, hint: string): number {
  return numberOf(rate.text) ?? refuse(rate, 'rate', hint)
}

function parseDuration(duration: Piece, hint: string): number {
  return durationOf(duration.text) ?? refuse(duration, 'duration', hint)
}

function refuse(piece: Piece, noun: string, hint: string): never {
  throw cannotRead(piece, piece.text === '' ? `where a ${noun} is expected` : `is no ${noun}`, hint)
}

function spacingOf(word: Piece | undefined): Spacing | null {
  const text = word?.text.toLowerCase()
  return text === 'steady' || text === 'even' ? text : null
}

function tooLong(length: number): AppError {
  return nothingMade(
    'usage',
    `The profile is ${length} characters long.`,
    `It can have ${MAX_LENGTH}: use fewer parts, or replay a file.`,
  )
}

function refuseMore([word]: readonly Piece[], hint: string): void {
  if (word !== undefined) throw cannotRead(word, 'is not expected there', hint)
}

function writtenShape(shape: Exclude<Shape, { kind: 'flat' }>): string {
  switch (shape.kind) {
    case 'ramp': {
      const isDefault = shape.from === DEFAULT_RAMP.from && shape.to === DEFAULT_RAMP.to
      return isDefault ? 'ramp' : `ramp ${writtenRates(shape)}`
    }
    case 'spike':
      return writtenSpike(shape)
    default:
      return shape.waves === 1 ? 'sine' : `sine ${shape.waves}`
  }
}

function writtenSpike({ atMs, height, longMs }: Spike): string {
  const begin = atMs === null ? '' : ` ${writtenDuration(atMs)}`
  const times = height === DEFAULT_HEIGHT && longMs === null ? '' : ` x${height}`
  const length = longMs === null ? '' : ` ${writtenDuration(longMs)}`
  return `spike${begin}${times}${length}`
}

function writtenPart({ ms, from, to, spacing }: ProfilePart): string {
  const rate = from === to ? String(from) : writtenRates({ from, to })
  return `${writtenDuration(ms)}@${rate}${writtenSpacing(spacing)}`
}

function writtenRates({ from, to }: { readonly from: number; readonly to: number }): string {
  return `${from}-${to}`
}

function writtenSpacing(spacing: Spacing): string {
  return spacing === 'even' ? ' even' : ''
}

/** A piece of a profile's text, with the place where it stands. */
interface Piece {
  readonly text: string
  /** Index of its first character in the whole text. */
  readonly at: number
}

/** `usage`: what stands at one place of a profile's text cannot be read. `problem` continues the quotation. */
function cannotRead({ text, at }: Piece, problem: string, hint: string): AppError {
  const what = text === '' ? `there is nothing at character ${at + 1}` : `"${text}" at character ${at + 1}`
  return nothingMade('usage', `The profile cannot be read: ${what} ${problem}.`, hint)
}

/** The pieces of a text between separators, without the spaces around them. */
function piecesOf(whole: Piece, separator: RegExp): Piece[] {
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
function durationOf(text: string): number | null {
  const [, digits, unit = ''] = DURATION.exec(text) ?? []
  return digits === undefined ? null : Math.round(Number(digits) * (UNIT_MS[unit.toLowerCase()] ?? 0))
}

/** As `durationOf` reads it, in the largest unit of which there is a whole number. */
function writtenDuration(ms: number): string {
  if (ms > 0 && ms % 3_600_000 === 0) return `${ms / 3_600_000}h`
  return ms % 60_000 === 0 ? `${ms / 60_000}m` : `${ms / 1_000}s`
}
