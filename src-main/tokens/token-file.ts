import { readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import { SCOPES } from '../../src-shared/contract/scopes.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { writeFailure } from '../config/data-dir.ts'
import { withFolderLock } from '../workspace/folder-lock.ts'

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
export function writesHere(): number {
  return writes
}

/**
 * Writes what `change` makes of the file (null: nothing); whoever reads it has the old one or the new one. Throws `not-configured`,
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
      `The file of tokens ${file} cannot be written: ${writeFailure(cause)}. The tokens are as they were.`,
      { hint: 'Make room or make the folder writable, and try it again.', cause },
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

/** Whoever reads compares times, and the system's own may stand still for some ms: each writing is 1 ms later at least. */
function replace(file: string, content: TokenFile): void {
  const draft = `${file}.${process.pid}`
  try {
    const former = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
    writeFileSync(draft, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flush: true })
    const later = new Date(Math.max(statSync(draft).mtimeMs, former + 1))
    utimesSync(draft, later, later)
    renameSync(draft, file)
    writes++
  } catch (error) {
    rmSync(draft, { force: true })
    throw error
  }
}

function notOurs(file: string): AppError {
  return new AppError('not-configured', `${file} is not a file of tokens. No token is taken or made.`, {
    hint: 'Put back the file as it was; or delete it, which ends every token that was made here.',
  })
}
