import { randomBytes, randomUUID } from 'node:crypto'
import type { SandboxDatabase } from './open-database.ts'

/** A named value of the file, or undefined. */
export function readMeta(db: SandboxDatabase, name: string): string | undefined {
  return db.prepare<[string], string>('SELECT value FROM meta WHERE name = ?').pluck().get(name)
}

export function writeMeta(db: SandboxDatabase, name: string, value: string): void {
  db.prepare('INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value').run(
    name,
    value,
  )
}

export function dropMeta(db: SandboxDatabase, name: string): void {
  db.prepare('DELETE FROM meta WHERE name = ?').run(name)
}

export interface SandboxCredentials {
  readonly email: string
  readonly apiToken: string
}

/** Who this Jira is, and the one account that it knows. */
export interface SiteIdentity extends SandboxCredentials {
  readonly siteId: string
  readonly accountId: string
  /** Signs page tokens, so that they hold across restarts and cannot be made up. */
  readonly secret: string
}

/** The identity of the file, made when it is new. Credentials that are given replace those that are kept. */
export function siteIdentity(db: SandboxDatabase, given: Partial<SandboxCredentials> = {}): SiteIdentity {
  const kept = (name: string, made: () => string): string => {
    const value = readMeta(db, name) ?? made()
    writeMeta(db, name, value)
    return value
  }
  if (given.email !== undefined) writeMeta(db, 'email', given.email)
  if (given.apiToken !== undefined) writeMeta(db, 'api_token', given.apiToken)
  return {
    siteId: kept('site_id', randomUUID),
    accountId: kept('account_id', () => `5b10${randomBytes(10).toString('hex')}`),
    email: kept('email', () => 'demo@sandbox.example'),
    apiToken: kept('api_token', () => randomBytes(24).toString('base64url')),
    secret: kept('secret', () => randomBytes(32).toString('base64url')),
  }
}
