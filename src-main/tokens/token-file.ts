import { createHash, createPublicKey, randomBytes, type KeyObject } from 'node:crypto'
import { readFileSync, statSync, utimesSync, type Stats } from 'node:fs'
import path from 'node:path'
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import { SCOPES } from '../../src-shared/contract/schema.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { writeFailure } from '../config/data-dir.ts'
import type { Log } from '../runtime/log.ts'
import { withFolderLock } from '../workspace/folder-lock.ts'
import { replaceJson } from '../runtime/private-files.ts'

const EMPTY: TokenBook = { audience: '', keys: new Map(), records: new Map() }

const NOTHING: Mark = { mtimeMs: 0, ino: 0, size: 0 }

/** Like no file: it is read again, which may say what is wrong. */
const UNREADABLE: Mark = { mtimeMs: NaN, ino: 0, size: 0 }

/** A key that signs tokens, or did. Its private half is here only where the system has no keychain. */
const SigningKey = Type.Object({
  kid: Type.String(),
  createdMs: Type.Integer(),
  /** When another took its place; null: it signs. */
  retiredMs: Type.Union([Type.Integer(), Type.Null()]),
  /** RFC 8037: an Ed25519 public key, in Base64url. */
  x: Type.String(),
  /** Its private half; null: in the keychain, or deleted since it signs no more. */
  d: Type.Union([Type.String(), Type.Null()]),
})

export type SigningKey = Static<typeof SigningKey>

/** A token or a one-time link that was made, without the token or the code itself. */
const TokenRecord = Type.Object({
  /** A token's `jti`. */
  id: Type.String(),
  /** The key that signed the token; null for a link, which nothing is signed for. */
  kid: Type.Union([Type.String(), Type.Null()]),
  /** Of the token itself; a link has none. */
  sha256: Type.Optional(Type.String()),
  link: Type.Union([
    Type.Object({
      /** Of its code. */
      digest: Type.String(),
      /** Until when it can be opened. */
      untilMs: Type.Integer(),
      spentMs: Type.Union([Type.Integer(), Type.Null()]),
    }),
    Type.Null(),
  ]),
  scope: Type.Enum(SCOPES),
  name: Type.String(),
  createdMs: Type.Integer(),
  expiresMs: Type.Integer(),
  revokedMs: Type.Union([Type.Integer(), Type.Null()]),
})

export type TokenRecord = Static<typeof TokenRecord>

const TokenFile = Type.Object({
  /** Whom the tokens are for: this workspace, and no other that may have been given the same key. */
  audience: Type.String(),
  keys: Type.Array(SigningKey),
  tokens: Type.Array(TokenRecord),
})

export type TokenFile = Static<typeof TokenFile>

/** The workspace's `tokens.json`. It may hold a signing key, so it is the owner's alone. */
export function tokenFilePath(dataDir: string): string {
  return path.join(dataDir, 'tokens.json')
}

/** Null where no token was ever made. Throws `not-configured` where it is not ours, and what the file system says. */
export function readTokenFile(file: string): TokenFile | null {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    if (error instanceof SyntaxError) throw notOurs(file)
    throw error
  }
  if (!Check(TokenFile, content)) throw notOurs(file)
  // Tokens of earlier editions have no digest to be compared with: they are no good any more.
  const tokens = content.tokens.filter(({ sha256, link }) => sha256 !== undefined || link !== null)
  return { ...content, tokens }
}

let writes = 0

/** How often this process has written such a file: see `createTokenBook`. */
function writesHere(): number {
  return writes
}

/**
 * Writes what `change` makes of the file (null: nothing); a reader gets the old one or the new one. Throws `not-configured`,
 * `folder-not-writable`, `busy`, and what `change` throws; the file is then as it was.
 */
export async function changeTokenFile<T>(
  file: string,
  nowMs: number,
  change: (content: TokenFile | null) => { content: TokenFile | null; result: T },
): Promise<T> {
  try {
    return await withFolderLock(path.dirname(file), () => {
      const { content, result } = change(readTokenFile(file))
      if (content !== null) replace(file, withoutExpired(content, nowMs))
      return result
    })
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw new AppError(
      'folder-not-writable',
      `The file of tokens ${file} cannot be written: ${writeFailure(cause)}.`,
      {
        consequence: 'The tokens are as they were.',
        hint: 'Make room or make the folder writable, and try it again.',
        cause,
      },
    )
  }
}

/** Expired tokens go, and so does a key that signs no more once it has no token left. */
function withoutExpired({ audience, keys, tokens }: TokenFile, nowMs: number): TokenFile {
  const live = tokens.filter(({ expiresMs }) => expiresMs > nowMs)
  const needed = new Set(live.map(({ kid }) => kid))
  return {
    audience,
    keys: keys.filter(({ kid, retiredMs }) => retiredMs === null || needed.has(kid)),
    tokens: live,
  }
}

/** Readers compare times, and the system's own may stand still for some ms: each writing is 1 ms later at least. */
function replace(file: string, content: TokenFile): void {
  const formerMs = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
  replaceJson(file, content, (draft) => {
    const later = new Date(Math.max(statSync(draft).mtimeMs, formerMs + 1))
    utimesSync(draft, later, later)
  })
  writes++
}

function notOurs(file: string): AppError {
  return new AppError('not-configured', `${file} is not a file of tokens.`, {
    consequence: 'No token is taken or made.',
    hint: 'Put back the file as it was; or delete it, which ends every token that was made here.',
  })
}

/** What a token is checked against. Another object after each change of the file. */
export interface TokenBook {
  /** Empty where no token was ever made: none has an audience. */
  readonly audience: string
  readonly keys: ReadonlyMap<string, KeyObject>
  readonly records: ReadonlyMap<string, TokenRecord>
}

/**
 * The file of tokens as it is now: a look at the file (microseconds), and a read only where it changed, in this process or
 * another. What was revoked here is refused from the next call on; what was revoked by another process, from the next turn
 * of the event loop on: by all requests that came after it. A file that cannot be read refuses everyone.
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

/** 256 random bits, for a URL's fragment or a cookie. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** Secrets are kept and looked up by this: no file has them, and the time that a search takes says nothing of them. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}
