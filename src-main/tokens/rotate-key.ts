import type { MakingParts } from './make-token.ts'
import { newAudience } from './make-token.ts'
import { changeTokenFile, type SigningKey } from './token-file.ts'

/** What a rotation came to. */
export interface Rotation {
  /** Of the key that signs from now on. */
  readonly kid: string
  /** When the last token of former keys expires, epoch ms; null where none is about. */
  readonly formerUntilMs: number | null
}

/**
 * Another key signs from now on. Of the former the public half stays until its last token has expired; the private
 * half is deleted at once, since it signs no more.
 */
export async function rotateKey({ file, signingKeys, nowMs, signal }: MakingParts): Promise<Rotation> {
  const made = await signingKeys.make(nowMs, signal)
  const { former, formerUntilMs } = await changeTokenFile(file, nowMs, (content) => {
    const keys = content?.keys ?? []
    const tokens = content?.tokens ?? []
    const retired = keys.map((key) => ({ ...key, retiredMs: key.retiredMs ?? nowMs, d: null }))
    const ends = tokens.map(({ expiresMs }) => expiresMs).filter((endMs) => endMs > nowMs)
    return {
      content: { audience: content?.audience ?? newAudience(), keys: [...retired, made], tokens },
      result: {
        former: keys.filter(isSigning),
        formerUntilMs: ends.length === 0 ? null : Math.max(...ends),
      },
    }
  })
  for (const key of former) await signingKeys.forget(key, signal)
  return { kid: made.kid, formerUntilMs }
}

function isSigning({ retiredMs }: SigningKey): boolean {
  return retiredMs === null
}
