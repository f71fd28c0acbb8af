import { types, type CustomTypesConfig } from 'pg'

/** What JSON escapes by more than a backslash before the character itself: PostgreSQL takes `\\n` for an n. */
const FOREIGN_ESCAPE = /\\[^"\\]/
const INT8 = 20
const INT8_ARRAY = 1016

/**
 * How values of the server become JavaScript's: as pg does it, but BIGINT is a number. Ours are times, counts and
 * sequence numbers, far below 2^53; a larger one fails its statement instead of losing digits.
 */
export const VALUE_PARSERS: CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') => {
    if (format !== 'binary' && oid === INT8) return safeInteger
    if (format !== 'binary' && oid === INT8_ARRAY) return safeIntegers
    return types.getTypeParser(oid, format)
  }) as typeof types.getTypeParser,
}

/** An array as the server writes it: `{1,2,NULL}`. */
function safeIntegers(text: string): (number | null)[] {
  const items = text.slice(1, -1)
  return items === '' ? [] : items.split(',').map((item) => (item === 'NULL' ? null : safeInteger(item)))
}

function safeInteger(text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value)) return value
  throw new RangeError(`The BIGINT ${text} is larger than a number can hold`)
}

/**
 * A list as a parameter for an array. PostgreSQL's text for it is JSON but for the brackets and the control characters,
 * and JSON is several times faster than pg, which does those that have any.
 */
export function arrayOf(values: readonly Value[]): unknown {
  const json = JSON.stringify(values)
  return FOREIGN_ESCAPE.test(json) ? values : `{${json.slice(1, -1)}}`
}

type Value = string | number | null
