import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { limit } from '../../src-main/runtime/async.ts'
import { queryOnce } from '../store/postgres-query.ts'
import { clipped } from './vault-tokens.ts'

export interface DatabaseRoleTerms {
  /** Seconds. */
  readonly defaultTtl: number
  readonly maxTtl?: number
  readonly renewable?: boolean
  /** With {{name}}, {{password}} and {{expiration}}, as Vault's own are. */
  readonly creation: string
}

interface TestLease {
  readonly id: string
  readonly user: string
  readonly token: string
  readonly terms: DatabaseRoleTerms
  readonly bornMs: number
}

/**
 * The database engine with PostgreSQL's plugin: https://developer.hashicorp.com/vault/docs/secrets/databases/postgresql.
 * It makes real roles, and really drops them, with whatever is still connected as them.
 */
export type TestDatabaseEngine = ReturnType<typeof createTestDatabaseEngine>

interface TestGrant {
  readonly leaseId: string
  readonly seconds: number
  readonly renewable: boolean
  readonly username: string
  readonly password: string
}

export interface TestDatabasePlace {
  /** As whom users are made and dropped: it may do no more than docs/vault.md lets it. */
  readonly url: string
  /** A superuser's, by whom connections are counted and cut. */
  readonly superuserUrl: string
}

function expiration(seconds: number): string {
  return new Date(Date.now() + seconds * 1_000 + BUFFER_MS).toISOString()
}

/** As Vault adds it, so that a password does not end before its lease. */
const BUFFER_MS = 5_000

export function createTestDatabaseEngine(place: TestDatabasePlace | null) {
  const roles = new Map<string, DatabaseRoleTerms>()
  const leases = new Map<string, TestLease>()
  const timers = new Map<string, NodeJS.Timeout>()
  const made: string[] = []
  const inTurn = limit(1)
  let cut = 0
  let admin: Promise<Client> | null = null
  const connect = async (): Promise<Client> => {
    const client = new Client({ connectionString: place?.url ?? '' })
    client.on('error', () => (admin = null))
    await client.connect()
    return client
  }
  const run = (sql: string): Promise<Record<string, unknown>[]> =>
    inTurn(async () => {
      const answer = await (await (admin ??= connect())).query<Record<string, unknown>>(sql)
      return (Array.isArray(answer) ? (answer.at(-1) as typeof answer) : answer).rows
    })
  const revoke = async (id: string): Promise<boolean> => {
    clearTimeout(timers.get(id))
    const lease = leases.get(id)
    if (lease === undefined) return false
    leases.delete(id)
    const open = `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = '${lease.user}'`
    cut += (await queryOnce(place?.superuserUrl ?? '', open)).length
    await run(`DROP ROLE IF EXISTS "${lease.user}"`)
    return true
  }
  const endAfter = (id: string, seconds: number): void => {
    clearTimeout(timers.get(id))
    timers.set(
      id,
      setTimeout(() => void revoke(id).catch(() => {}), seconds * 1_000), // a server that is away drops nothing
    )
  }

  return {
    roles,
    /** Those that have not ended. */
    leases: () => [...leases.values()],
    /** Users that were made, oldest first. */
    made,
    /** Connections that were still open when their user was dropped. */
    cut: () => cut,
    async create(role: string, token: string): Promise<TestGrant | null> {
      const terms = roles.get(role)
      if (terms === undefined) return null
      const seconds = clipped(terms.defaultTtl, terms.maxTtl, Date.now())
      const user = `v-approle-${role}-${randomBytes(6).toString('hex')}`
      const password = `${randomBytes(12).toString('base64url')}-A1`
      const values = { name: user, password, expiration: expiration(seconds) }
      await run(terms.creation.replaceAll(/\{\{(\w+)\}\}/g, (_, name: keyof typeof values) => values[name]))
      const id = `database/creds/${role}/${randomBytes(8).toString('hex')}`
      leases.set(id, { id, user, token, terms, bornMs: Date.now() })
      made.push(user)
      endAfter(id, seconds)
      return { leaseId: id, seconds, renewable: terms.renewable ?? true, username: user, password }
    },
    /** Seconds that it lasts from now on; null where there is no such lease, or it cannot be renewed. */
    async renew(id: string, increment: number): Promise<number | null> {
      const lease = leases.get(id)
      if (lease === undefined || lease.terms.renewable === false) return null
      const seconds = clipped(increment || lease.terms.defaultTtl, lease.terms.maxTtl, lease.bornMs)
      await run(`ALTER ROLE "${lease.user}" VALID UNTIL '${expiration(seconds)}'`)
      endAfter(id, seconds)
      return seconds
    },
    revoke,
    /** All that a token has leased. */
    async revokeOf(token: string) {
      for (const lease of leases.values()) if (lease.token === token) await revoke(lease.id)
    },
    async stop() {
      for (const timer of timers.values()) clearTimeout(timer)
      if (admin === null) return
      for (const id of leases.keys()) await revoke(id).catch(() => {})
      await (await admin.catch(() => null))?.end().catch(() => {})
    },
  }
}
