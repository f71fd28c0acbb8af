import { createHash, createHmac } from 'node:crypto'
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import { badRequest } from '../http/jira-error.ts'

const PagePosition = Type.Object({
  /** Fingerprint of the search that the token belongs to. */
  search: Type.String(),
  /** Site epoch ms at which the search began: relative dates keep their meaning on all its pages. */
  startedMs: Type.Integer(),
  /** The sort values of the last ticket that was given. */
  after: Type.Array(Type.Union([Type.String(), Type.Number()])),
  /** Distinguishes tokens that mean the same place: there was an empty page between them. */
  turn: Type.Optional(Type.Integer()),
})
export type PagePosition = Static<typeof PagePosition>

const LIFETIME_MS = 7 * 86_400_000

/** What makes two requests pages of one search. */
export function searchFingerprint(jql: string, reconcileIds: readonly number[]): string {
  return createHash('sha256')
    .update(JSON.stringify([jql, reconcileIds]))
    .digest('base64url')
    .slice(0, 16)
}

/** Signed, so that it holds everything that the next page needs and nobody can make one up. */
export function writePageToken(position: PagePosition, secret: string): string {
  const body = Buffer.from(JSON.stringify(position)).toString('base64url')
  return `${body}.${signature(body, secret)}`
}

/** The position that a token holds. Throws a 400 where it is not ours, another search's, or older than seven days. */
export function readPageToken(token: string, search: string, secret: string, nowMs: number): PagePosition {
  const [body = '', signed = ''] = token.split('.')
  if (signed !== signature(body, secret)) throw wrongToken()
  const position: unknown = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'))
  if (!Check(PagePosition, position) || position.search !== search) throw wrongToken()
  if (nowMs - position.startedMs > LIFETIME_MS) throw wrongToken()
  return position
}

function signature(body: string, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('base64url').slice(0, 22)
}

function wrongToken(): Error {
  return badRequest('The provided next page token is invalid or has expired.')
}
