import { messageOf, toWireError } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import { rememberSecret } from '../secrets/hide-secrets.ts'
import type { Login } from '../store/postgres/connection/credentials.ts'
import { DatabaseGrant, LeaseRenewal } from './answers.ts'
import type { VaultClient } from './client.ts'
import { endMs, isRunningOut, newLease, renewedLease, type VaultLease } from './lease.ts'
import { isAnswered, type HeldToken, type VaultTokens } from './tokens.ts'

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
  readonly log: Pick<Log, 'info' | 'warn'>
  readonly place: { readonly mount: string; readonly role: string }
}

/** Has Vault make a user: https://developer.hashicorp.com/vault/api-docs/secret/databases#generate-credentials. Throws VaultErrors. */
export function leaseLogin(
  { client, tokens, clock, place }: DatabaseLeaseParts,
  signal: AbortSignal,
): Promise<HeldLogin> {
  const path = `${place.mount}/creds/${place.role}`
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

/**
 * Has Vault lengthen its time: https://developer.hashicorp.com/vault/api-docs/system/leases#renew-lease. False where that
 * was refused, or was for less than it was given for: another login is needed. Throws VaultErrors of a Vault that is away.
 */
export async function renewLogin(
  { client, clock }: DatabaseLeaseParts,
  login: HeldLogin,
  signal: AbortSignal,
): Promise<boolean> {
  const { leaseId, token, lease } = login
  if (!lease.renewable) return false
  const fromMs = clock.now()
  const body = { lease_id: leaseId, increment: Math.ceil(lease.wholeMs / 1_000) }
  const path = 'sys/leases/renew'
  const act = 'renew the lease of the database user'
  const request = { method: 'PUT', path, body, token: token.value, act } as const
  try {
    const { lease_duration: seconds, renewable } = await client.ask(request, LeaseRenewal, signal)
    login.lease = renewedLease(lease, fromMs, seconds, renewable)
    return !isRunningOut(login.lease)
  } catch (error) {
    if (!isAnswered(error)) throw error
    return false
  }
}

/** Has Vault remove the user: https://developer.hashicorp.com/vault/api-docs/system/leases#revoke-lease. Never rejects. */
export async function revokeLogin(
  { client, log }: DatabaseLeaseParts,
  { leaseId, token }: HeldLogin,
  signal: AbortSignal,
): Promise<void> {
  const path = 'sys/leases/revoke'
  const act = 'revoke the lease of the database user'
  const body = { lease_id: leaseId }
  try {
    await client.send({ method: 'PUT', path, body, token: token.value, act }, signal)
  } catch (error) {
    const why = messageOf(toWireError(error))
    log.info({ why }, 'a database user was not given back, and ends with its lease')
  }
}
