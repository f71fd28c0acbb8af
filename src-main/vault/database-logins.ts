import { messageOf, toWireError } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import { rememberSecret } from '../secrets/hide-secrets.ts'
import type { CredentialsHolder, Login } from '../store/postgres/connection/credentials.ts'
import { DatabaseGrant, LeaseRenewal } from './answers.ts'
import type { VaultClient } from './client.ts'
import { endMs, isRunningOut, newLease, renewedLease, type VaultLease } from './lease.ts'
import { isAnswered, type HeldToken, type VaultTokens } from './tokens.ts'

export type HeldLogins = ReturnType<typeof createHeldLogins>

export interface HeldLoginsParts extends DatabaseLeaseParts {
  readonly place: { readonly mount: string; readonly role: string }
  readonly log: Pick<Log, 'info' | 'warn'>
}

/**
 * The users of the database that we have: one that is used, and those that are just being left. All throw VaultErrors.
 * `holders`: whose connections are made with them. `signal`: nothing is asked for any more.
 */
export function createHeldLogins(
  parts: HeldLoginsParts,
  holders: ReadonlySet<CredentialsHolder>,
  signal: AbortSignal,
) {
  const { client, clock, log, place } = parts
  let held: HeldLogin | null = null
  let last: HeldLogin | null = null
  /** Those that new connections are not made with any more, or not yet. */
  const others = new Set<HeldLogin>()

  const giveBack = async (login: HeldLogin, within: AbortSignal): Promise<void> => {
    others.delete(login)
    await revokeLogin(client, login, within).catch((error: unknown) => {
      const why = messageOf(toWireError(error))
      log.info({ why }, 'a database user was not given back, and ends with its lease')
    })
  }
  /** New connections are made with it from here on; the former user's finish what they are at. */
  const adopt = (next: HeldLogin): void => {
    const former = held
    held = next
    last = next
    const moved = Promise.all([...holders].map((holder) => holder.moveOver()))
    if (former === null) return
    log.info({ user: next.login.user }, 'the store goes over to another user of the database')
    others.add(former)
    void moved.then(() => (signal.aborted ? undefined : giveBack(former, signal)))
  }
  return {
    /** Null before the first, and after one whose lease ended. */
    current: (): HeldLogin | null => held,
    /** The one of now, or the last that there was. */
    last: (): HeldLogin | null => held ?? last,
    /** Has the first one made, or one after another's end. */
    begin: async (): Promise<void> => adopt(await leaseLogin(parts, place, signal)),
    /** Renews the lease. Says whether that was for as long as it was given for, and not refused. */
    async renew(login: HeldLogin): Promise<boolean> {
      try {
        login.lease = await renewLogin(parts, login, signal)
        return !isRunningOut(login.lease)
      } catch (error) {
        if (!isAnswered(error)) throw error
        return false
      }
    },
    /** Goes over to another one. Throws also why the server does not take it: then the former one stays. */
    async replace(): Promise<void> {
      const next = await leaseLogin(parts, place, signal)
      others.add(next)
      try {
        for (const holder of holders) await holder.tryOut(next.login)
      } catch (error) {
        await giveBack(next, signal)
        throw error
      }
      others.delete(next)
      adopt(next)
    },
    /** Forgets the one of now where its lease is over; says whether it was. */
    dropEnded(): boolean {
      if (held === null || clock.now() < loginEndMs(held)) return false
      held = null
      log.warn('the lease of the database user has ended')
      return true
    },
    /** Gives all of them back. */
    async stop(within: AbortSignal): Promise<void> {
      const all = [...others, ...(held === null ? [] : [held])]
      held = null
      await Promise.all(all.map((login) => giveBack(login, within)))
    },
  }
}

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

interface DatabaseLeaseParts {
  readonly client: VaultClient
  readonly tokens: VaultTokens
  readonly clock: Clock
}

/** Has Vault make a user: https://developer.hashicorp.com/vault/api-docs/secret/databases#generate-credentials. Throws VaultErrors. */
function leaseLogin(
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
async function renewLogin(
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
function revokeLogin(client: VaultClient, { leaseId, token }: HeldLogin, signal: AbortSignal): Promise<void> {
  const path = 'sys/leases/revoke'
  const act = 'revoke the lease of the database user'
  const body = { lease_id: leaseId }
  return client.send({ method: 'PUT', path, body, token: token.value, act }, signal)
}
