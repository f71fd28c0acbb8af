import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'

/** Where a search goes on. */
const Position = Type.Object({
  /** Only rows with a sort time from here on (epoch ms, a whole minute) are counted by `startAt`; null: all rows. */
  sinceMs: Type.Union([Type.Integer({ minimum: 0 }), Type.Null()]),
  /** How many rows come before the first that was not read yet. */
  startAt: Type.Integer({ minimum: 0 }),
  /** The last row that was read, which must still stand right before that one; null where nothing comes before. */
  last: Type.Union([Type.Object({ id: Type.String(), sortMs: Type.Number() }), Type.Null()]),
  /** How often in a row it was begun anew without getting on. */
  stalls: Type.Integer({ minimum: 0 }),
  /** Counts the pages, so that no two tokens of a search are alike. */
  page: Type.Integer({ minimum: 0 }),
})
export type Position = Readonly<Static<typeof Position>>

export const START: Position = { sinceMs: null, startAt: 0, last: null, stalls: 0, page: 0 }

export function writeToken(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/** Throws an Error where the token is none of `writeToken`'s. */
export function readToken(token: string | null): Position {
  if (token === null) return START
  const position: unknown = JSON.parse(Buffer.from(token, 'base64url').toString('utf8'))
  if (!Check(Position, position)) throw new Error('This is no page token of a Data Center search')
  return position
}
