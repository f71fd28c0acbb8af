import type { MakingParts } from './make-token.ts'
import { newAudience } from './make-token.ts'
import { changeTokenFile, type SigningKey } from './token-file.ts'

/** What a rotation came to. */
export interface Rotation {
  /** Of the key that signs from now on. */
  readonly kid: string
  /** When the last token of former keys expires, epoch ms; null where none is about. */
  readonly formerUntilMs: number | null
  /** How many tokens and links were revoked. */
  readonly revoked: number
}

/**
 * Another key signs from now on. Of the former the public half stays until its last token has expired; the private
 * half is deleted at once, since it signs no more. With `revoke` the public half goes too, and with it every token, link
 * and session that there is.
 */
export async function rotateKey(
  { file, signingKeys, nowMs, signal }: MakingParts,
  { revoke }: { readonly revoke: boolean },
): Promise<Rotation> {
  const made = await signingKeys.make(nowMs, signal)
  const { former, formerUntilMs, revoked } = await changeTokenFile(file, nowMs, (content) => {
    const keys = content?.keys ?? []
    const tokens = content?.tokens ?? []
    const retired = keys.map((key) => ({ ...key, retiredMs: key.retiredMs ?? nowMs, d: null }))
    const good = tokens.filter(({ expiresMs, revokedMs }) => expiresMs > nowMs && revokedMs === null)
    const ends = revoke ? [] : good.map(({ expiresMs }) => expiresMs)
    return {
      content: {
        audience: content?.audience ?? newAudience(),
        keys: revoke ? [made] : [...retired, made],
        tokens: revoke
          ? tokens.map((record) => ({ ...record, revokedMs: record.revokedMs ?? nowMs }))
          : tokens,
      },
      result: {
        former: keys.filter(isSigning),
        formerUntilMs: ends.length === 0 ? null : Math.max(...ends),
        revoked: revoke ? good.length : 0,
      },
    }
  })
  for (const key of former) await signingKeys.forget(key, signal)
  return { kid: made.kid, formerUntilMs, revoked }
}

function isSigning({ retiredMs }: SigningKey): boolean {
  return retiredMs === null
}
