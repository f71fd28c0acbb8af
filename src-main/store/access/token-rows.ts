import { Type } from 'typebox'
import { Check } from 'typebox/value'
import type { Statement } from '../sql.ts'
import type { SignedText, TokenRecord } from './records.ts'

export const TOKEN = `
  id, kid, sha256, link_digest AS "linkDigest", link_until_ms AS "linkUntilMs", link_spent_ms AS "linkSpentMs", scope,
  name, created_ms AS "createdMs", expires_ms AS "expiresMs", revoked_ms AS "revokedMs", changed_in AS "changedIn",
  login_ms AS "loginMs", former, used_ms AS "usedMs"`

export const SIGNS = 'SELECT 1 AS one FROM access_keys WHERE kid = :kid AND retired_ms IS NULL'

const newer = (column: string): string =>
  `${column} = CASE WHEN excluded.expires_ms > access_tokens.expires_ms THEN excluded.${column} ELSE access_tokens.${column} END`

/** What ended stays ended, and what was renewed renewed, whichever of two stores knows of it. */
const ADD_TOKENS = `
  INSERT INTO access_tokens (id, kid, sha256, link_digest, link_until_ms, link_spent_ms, scope, name, created_ms,
    expires_ms, revoked_ms, changed_in, login_ms, former, used_ms, place)
  VALUES (:id[TEXT], :kid[TEXT], :sha256[TEXT], :linkDigest[TEXT], :linkUntilMs[BIGINT], :linkSpentMs[BIGINT],
    :scope[TEXT], :name[TEXT], :createdMs[BIGINT], :expiresMs[BIGINT], :revokedMs[BIGINT], :changedIn[TEXT],
    :loginMs[BIGINT], :former[TEXT], :usedMs[BIGINT], :place[BIGINT])
  ON CONFLICT (id) DO UPDATE SET
    revoked_ms = COALESCE(access_tokens.revoked_ms, excluded.revoked_ms),
    link_spent_ms = COALESCE(access_tokens.link_spent_ms, excluded.link_spent_ms),
    ${['kid', 'sha256', 'name', 'login_ms', 'former', 'expires_ms'].map(newer).join(',\n    ')}`

export interface TokenRow extends Omit<TokenRecord, 'link' | 'former'> {
  readonly linkDigest: string | null
  readonly linkUntilMs: number | null
  readonly linkSpentMs: number | null
  /** JSON. */
  readonly former: string
}

export function addTokens(tokens: readonly TokenRecord[], place: number): Statement | null {
  const written = tokens.map(({ link, ...record }) => ({
    ...record,
    place,
    former: JSON.stringify(record.former),
    linkDigest: link?.digest ?? null,
    linkUntilMs: link?.untilMs ?? null,
    linkSpentMs: link?.spentMs ?? null,
  }))
  return written.length === 0 ? null : { text: ADD_TOKENS, params: {}, rows: written }
}

export function recordOf({ linkDigest, linkUntilMs, linkSpentMs, former, ...row }: TokenRow): TokenRecord {
  const isLink = linkDigest !== null && linkUntilMs !== null
  const link = isLink ? { digest: linkDigest, untilMs: linkUntilMs, spentMs: linkSpentMs } : null
  return { ...row, link, former: former === '[]' ? [] : textsIn(former) }
}

const SignedTexts = Type.Array(Type.Object({ kid: Type.String(), sha256: Type.String() }))

function textsIn(json: string): readonly SignedText[] {
  const texts: unknown = JSON.parse(json)
  return Check(SignedTexts, texts) ? texts : []
}
