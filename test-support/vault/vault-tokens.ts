import { randomUUID } from 'node:crypto'

/** What a policy allows at a path; one that ends in `*` is that of all that begin so. */
type TestPolicy = Readonly<Record<string, readonly ('read' | 'update' | 'create')[]>>

interface TokenTerms {
  /** Seconds; 0: it never ends. */
  readonly ttl: number
  readonly maxTtl?: number
  readonly renewable?: boolean
  /** Null: everything is allowed. */
  readonly policy?: TestPolicy | null
}

export interface TestToken extends TokenTerms {
  readonly value: string
  readonly bornMs: number
  endsMs: number
}

/** The token and AppRole methods: https://developer.hashicorp.com/vault/api-docs/auth/token, …/auth/approle. */
export interface TestTokens {
  /** Makes one. */
  create(terms: TokenTerms): string
  /** What log-ins by the AppRole get. */
  roleTerms: TokenTerms
  readonly roleId: string
  secretId: string
  /** How often somebody has logged in. */
  logins(): number
  find(value: string): TestToken | null
  logIn(): TestToken
  renew(token: TestToken, increment: number): void
  revoke(value: string): Promise<void>
  stop(): void
}

/** `onEnd` hears of tokens that ended: what they have leased ends with them. */
export function createTestTokens(onEnd: (value: string) => Promise<void>): TestTokens {
  const tokens = new Map<string, TestToken>()
  const timers = new Map<string, NodeJS.Timeout>()
  let logins = 0
  const revoke = async (value: string): Promise<void> => {
    clearTimeout(timers.get(value))
    if (tokens.delete(value)) await onEnd(value)
  }
  const endAt = (token: TestToken, ttl: number): void => {
    clearTimeout(timers.get(token.value))
    if (ttl === 0) return
    token.endsMs = Date.now() + ttl * 1_000
    timers.set(
      token.value,
      setTimeout(() => void revoke(token.value), ttl * 1_000),
    )
  }
  const make = (terms: TokenTerms): TestToken => {
    const bornMs = Date.now()
    const token = { ...terms, value: `hvs.${randomUUID()}`, bornMs, endsMs: Infinity }
    tokens.set(token.value, token)
    endAt(token, terms.ttl)
    return token
  }
  return {
    create: (terms) => make(terms).value,
    roleTerms: { ttl: 3_600, renewable: true, policy: null },
    roleId: randomUUID(),
    secretId: randomUUID(),
    logins: () => logins,
    find: (value) => tokens.get(value) ?? null,
    logIn() {
      logins += 1
      return make(this.roleTerms)
    },
    renew(token, increment) {
      endAt(token, clipped(increment || token.ttl, token.maxTtl, token.bornMs))
    },
    revoke,
    stop() {
      for (const timer of timers.values()) clearTimeout(timer)
    },
  }
}

/** Nothing is renewed past its max TTL. Seconds, with their parts: Vault tells whole ones, cut off. */
export function clipped(seconds: number, maxTtl: number | undefined, bornMs: number): number {
  if (maxTtl === undefined) return seconds
  return Math.max(0, Math.min(seconds, (bornMs + maxTtl * 1_000 - Date.now()) / 1_000))
}
