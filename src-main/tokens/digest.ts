import { createHash, randomBytes, randomUUID } from 'node:crypto'

/** 256 random bits, for a URL's fragment or a cookie. */
export function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

/** Secrets are kept and looked up by this: no store has them, and the time that a search takes says nothing of them. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('base64url')
}

/** Whom the tokens of a store are for, where nothing was ever made in it. */
export function newAudience(): string {
  return `jira-tpm:${randomUUID()}`
}
