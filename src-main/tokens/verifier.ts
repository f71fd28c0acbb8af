import type { Scope } from '../../src-shared/contract/scopes.ts'
import type { Clock } from '../runtime/clock.ts'
import type { TokenBook } from './token-book.ts'
import type { TokenRecord } from './token-file.ts'
import { verifyToken } from './verify-token.ts'

/** A token that is right, neither expired nor revoked. */
export interface VerifiedToken {
  /** Its `jti`. */
  readonly id: string
  readonly scope: Scope
  readonly expiresMs: number
}

export interface Verifier {
  /** A token that was verified before and is still good, in microseconds; null where that must be found out. */
  known(token: string): VerifiedToken | null
  /** Null for a token that is not good, whatever the reason. */
  verify(token: string): Promise<VerifiedToken | null>
  /** Whether the token of this id is neither expired nor revoked. */
  isLive(id: string): boolean
}

/** So many verified tokens are remembered; of more, those that came first are verified again. */
const MAX_REMEMBERED = 1_000

/** `onChange` hears of each change of the book, whoever made it, when the book is next looked at. */
export function createVerifier(
  currentBook: () => TokenBook,
  clock: Pick<Clock, 'now'>,
  onChange?: (former: TokenBook, book: TokenBook) => void,
): Verifier {
  const remembered = new Map<string, VerifiedToken>()
  let rememberedOf = onChange === undefined ? null : currentBook()

  /** Whatever changed in the book, what was found out before counts no more. */
  const look = (): TokenBook => {
    const book = currentBook()
    if (book === rememberedOf) return book
    remembered.clear()
    if (rememberedOf !== null) onChange?.(rememberedOf, book)
    rememberedOf = book
    return book
  }

  return {
    known(token) {
      look()
      const found = remembered.get(token)
      return found !== undefined && found.expiresMs > clock.now() ? found : null
    },
    async verify(token) {
      const record = await verifyToken(token, look(), clock.now())
      // Looked at after the signature was checked: it may have been revoked meanwhile.
      const found = record === null ? undefined : look().records.get(record.id)
      if (found === undefined || !isGood(found, clock.now())) return null
      const { id, scope, expiresMs } = found
      if (remembered.size >= MAX_REMEMBERED) forgetFirst(remembered)
      remembered.set(token, { id, scope, expiresMs })
      return { id, scope, expiresMs }
    },
    isLive(id) {
      const record = look().records.get(id)
      return record !== undefined && isGood(record, clock.now())
    },
  }
}

function isGood({ revokedMs, expiresMs }: TokenRecord, nowMs: number): boolean {
  return revokedMs === null && expiresMs > nowMs
}

function forgetFirst(remembered: Map<string, VerifiedToken>): void {
  const first = remembered.keys().next()
  if (first.done !== true) remembered.delete(first.value)
}
