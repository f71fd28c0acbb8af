import type { TestDatabaseEngine } from './vault-database.ts'
import type { TestKv } from './vault-kv.ts'
import type { TestToken, TestTokens } from './vault-tokens.ts'

export interface VaultState {
  readonly tokens: TestTokens
  readonly kv: TestKv
  readonly database: TestDatabaseEngine
  /** The one that requests must name; null: none. */
  readonly namespace: string | null
}

interface Asked {
  readonly method: string
  /** Below `/v1/`. */
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
  readonly token: string
  readonly namespace: string
}

interface Answer {
  readonly status: number
  readonly content?: Record<string, unknown>
}

/** What Vault answers: https://developer.hashicorp.com/vault/api-docs. */
export async function answerTo(state: VaultState, asked: Asked, isSealed: boolean): Promise<Answer> {
  const { tokens } = state
  const { method, path, body } = asked
  if (path === 'sys/seal-status') {
    return ok({
      type: 'shamir',
      initialized: true,
      sealed: isSealed,
      t: 1,
      n: 1,
      progress: 0,
      version: '1.20.0',
    })
  }
  if (path === 'sys/health') return { status: isSealed ? 503 : 200, content: { sealed: isSealed } }
  if (asked.namespace.replace(/\/$/, '') !== (state.namespace ?? '')) return no(404, 'no handler for route')
  if (path === 'auth/approle/login' && isWrite(method)) {
    const isRight = body['role_id'] === tokens.roleId && body['secret_id'] === tokens.secretId
    return isRight ? granted(tokens.logIn()) : no(400, 'invalid role or secret ID')
  }
  const token = tokens.find(asked.token)
  if (token === null) return no(403, 'permission denied', 'invalid token')
  // What the policy `default` allows every token.
  if (path === 'auth/token/lookup-self' && method === 'GET') return ok({ data: lookedUp(token) })
  if (path === 'auth/token/renew-self' && isWrite(method)) {
    if (token.renewable === false) return no(400, 'lease is not renewable')
    tokens.renew(token, Number.parseInt(String(body['increment'])))
    return granted(token)
  }
  if (path === 'auth/token/revoke-self' && isWrite(method)) {
    await tokens.revoke(token.value)
    return { status: 204 }
  }
  if (!isAllowed(token, path, method === 'GET' ? 'read' : 'update')) return no(403, 'permission denied')
  return (await databaseAnswer(state, asked)) ?? kvAnswer(state, asked)
}

async function databaseAnswer({ database }: VaultState, asked: Asked): Promise<Answer | null> {
  const { method, path, body } = asked
  const role = method === 'GET' ? /^database\/creds\/([^/]+)$/.exec(path)?.[1] : undefined
  if (role !== undefined) {
    const grant = await database.create(role, asked.token)
    if (grant === null) return no(400, `unknown role: ${role}`)
    const { username, password } = grant
    return ok({
      lease_id: grant.leaseId,
      lease_duration: Math.floor(grant.seconds),
      renewable: grant.renewable,
      data: { username, password },
    })
  }
  const leaseId = String(body['lease_id'])
  if (path === 'sys/leases/renew' && isWrite(method)) {
    const seconds = await database.renew(leaseId, Number(body['increment'] ?? 0))
    if (seconds === null) return no(400, 'lease not found or lease is not renewable')
    return ok({ lease_id: leaseId, lease_duration: Math.floor(seconds), renewable: true })
  }
  if (path === 'sys/leases/revoke' && isWrite(method)) {
    return (await database.revoke(leaseId)) ? { status: 204 } : no(400, 'invalid lease')
  }
  return null
}

function kvAnswer({ kv }: VaultState, { method, path }: Asked): Answer {
  const secret = method === 'GET' ? /^secret\/data\/(.+)$/.exec(path)?.[1] : undefined
  return secret === undefined ? no(404, `no handler for route "${path}"`) : kv.read(secret)
}

function granted({ value, endsMs, renewable = true }: TestToken): Answer {
  return ok({
    auth: { client_token: value, lease_duration: secondsLeft(endsMs), renewable, policies: ['default'] },
  })
}

function lookedUp({ endsMs, renewable = true }: TestToken): Record<string, unknown> {
  const expire_time = endsMs === Infinity ? null : new Date(endsMs).toISOString()
  return { ttl: secondsLeft(endsMs), expire_time, renewable, policies: ['default'] }
}

function secondsLeft(endsMs: number): number {
  // A moment after it was given, so that it still says the whole of it.
  return endsMs === Infinity ? 0 : Math.floor((endsMs - Date.now() + 20) / 1_000)
}

function isAllowed({ policy }: TestToken, path: string, need: 'read' | 'update'): boolean {
  if (policy === null || policy === undefined) return true
  return Object.entries(policy).some(([pattern, capabilities]) => {
    const isThere = pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern
    return isThere && capabilities.includes(need)
  })
}

/** Vault takes both for the same. */
function isWrite(method: string): boolean {
  return method === 'PUT' || method === 'POST'
}

function ok(content: Record<string, unknown>): Answer {
  return { status: 200, content }
}

function no(status: number, ...errors: string[]): Answer {
  return { status, content: { errors } }
}
