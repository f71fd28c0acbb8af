import type { Clock } from '../runtime/clock.ts'
import { rememberSecret } from '../secrets/hide-secrets.ts'
import type { Login } from '../store/postgres/connection/credentials.ts'
import { DatabaseGrant, LeaseRenewal } from './answers.ts'
import type { VaultClient } from './client.ts'
import { endMs, newLease, renewedLease, type VaultLease } from './lease.ts'
import type { HeldToken, VaultTokens } from './tokens.ts'

/** A user of PostgreSQL that Vault has made for us. */
export interface HeldLogin {
  readonly login: Login
  readonly leaseId: string
  /** Whose it is: Vault takes the user back when this token ends. */
  readonly token: HeldToken
  lease: VaultLease
}

/** https://developer.hashicorp.com/vault/docs/concepts/lease: with a token end all leases that were made by it. */
export function loginEndMs({ lease, token }: HeldLogin): number {
  return Math.min(endMs(lease), endMs(token.lease))
}

export interface DatabaseLeaseParts {
  readonly client: VaultClient
  readonly tokens: VaultTokens
  readonly clock: Clock
}

/** Has Vault make a user: https://developer.hashicorp.com/vault/api-docs/secret/databases#generate-credentials. Throws VaultErrors. */
export function leaseLogin(
  { client, tokens, clock }: DatabaseLeaseParts,
  { mount, role }: { readonly mount: string; readonly role: string },
  signal: AbortSignal,
): Promise<HeldLogin> {
  const path = `${mount}/creds/${role}`
  return tokens.use(async (token) => {
    const fromMs = clock.now()
    const request = { method: 'GET', path, token: token.value, act: `read ${path}` } as const
    const { data, ...grant } = await client.ask(request, DatabaseGrant, signal)
    rememberSecret(data.password, data.username)
    return {
      login: { user: data.username, password: data.password },
      leaseId: grant.lease_id,
      token,
      lease: newLease(fromMs, grant.lease_duration, grant.renewable),
    }
  }, signal)
}

/** Has Vault lengthen its time: https://developer.hashicorp.com/vault/api-docs/system/leases#renew-lease. Throws VaultErrors. */
export async function renewLogin(
  { client, clock }: Pick<DatabaseLeaseParts, 'client' | 'clock'>,
  { leaseId, token, lease }: HeldLogin,
  signal: AbortSignal,
): Promise<VaultLease> {
  const fromMs = clock.now()
  const body = { lease_id: leaseId, increment: Math.ceil(lease.wholeMs / 1_000) }
  const path = 'sys/leases/renew'
  const act = 'renew the lease of the database user'
  const renewal = await client.ask(
    { method: 'PUT', path, body, token: token.value, act },
    LeaseRenewal,
    signal,
  )
  return renewedLease(lease, fromMs, renewal.lease_duration, renewal.renewable)
}

/** Has Vault remove the user: https://developer.hashicorp.com/vault/api-docs/system/leases#revoke-lease. Throws VaultErrors. */
export function revokeLogin(
  client: VaultClient,
  { leaseId, token }: HeldLogin,
  signal: AbortSignal,
): Promise<void> {
  const path = 'sys/leases/revoke'
  const act = 'revoke the lease of the database user'
  const body = { lease_id: leaseId }
  return client.tell({ method: 'PUT', path, body, token: token.value, act }, signal)
}
