import { createHash, randomBytes } from 'node:crypto'

/** 256 bits that nobody guesses, for a URL's fragment or a cookie. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** Secrets are kept and looked up by this: no file has them, and the time that a search takes says nothing of them. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}
