import { createPublicKey, type KeyObject } from 'node:crypto'
import { statSync, type Stats } from 'node:fs'
import type { Log } from '../runtime/log.ts'
import { readTokenFile, writesHere, type SigningKey, type TokenRecord } from './token-file.ts'

/** What a token is checked against. Another object after each change of the file. */
export interface TokenBook {
  /** Empty where no token was ever made: nobody is one's audience. */
  readonly audience: string
  readonly keys: ReadonlyMap<string, KeyObject>
  readonly records: ReadonlyMap<string, TokenRecord>
}

const EMPTY: TokenBook = { audience: '', keys: new Map(), records: new Map() }

/**
 * The file of tokens as it is now: a look at the file (microseconds), and a read only where it changed, in this process or
 * another. What was revoked here is refused from the next call on; what was revoked by another process, from the next turn
 * of the event loop on: by all requests that came after it. A file that cannot be read lets nobody in.
 */
export function createTokenBook(file: string, log: Pick<Log, 'error'>): () => TokenBook {
  let seen: Mark = NOTHING
  let book = EMPTY
  let failing = false
  let looked = false
  let looksAtWrites = 0
  return () => {
    // All calls of one turn of the event loop share a look: it is a sixth of a call's time.
    if (looked && looksAtWrites === writesHere()) return book
    if (!looked) setImmediate(() => (looked = false))
    looked = true
    looksAtWrites = writesHere()
    const now = markOf(file)
    // Differs whenever the file was replaced.
    if (now.mtimeMs === seen.mtimeMs && now.ino === seen.ino && now.size === seen.size) return book
    try {
      book = readBook(file)
      seen = now
      failing = false
    } catch (error) {
      book = EMPTY
      seen = UNREADABLE // tried again at the next call: too many files may be open just now
      if (!failing) log.error({ err: error }, 'the file of tokens cannot be read, so no token is taken')
      failing = true
    }
    return book
  }
}

type Mark = Pick<Stats, 'mtimeMs' | 'ino' | 'size'>

const NOTHING: Mark = { mtimeMs: 0, ino: 0, size: 0 }
/** Like no file: it is read again, which may say what is wrong. */
const UNREADABLE: Mark = { mtimeMs: NaN, ino: 0, size: 0 }

function markOf(file: string): Mark {
  try {
    return statSync(file, { throwIfNoEntry: false }) ?? NOTHING
  } catch {
    return UNREADABLE
  }
}

function readBook(file: string): TokenBook {
  const content = readTokenFile(file)
  if (content === null) return EMPTY
  return {
    audience: content.audience,
    keys: new Map(content.keys.map((key) => [key.kid, publicKey(key)])),
    records: new Map(content.tokens.map((record) => [record.id, record])),
  }
}

function publicKey({ x }: SigningKey): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
}
