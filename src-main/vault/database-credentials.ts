import { AppError, failureOf, messageOf, toWireError } from '../../src-shared/errors/app-error.ts'
import { coalesce, createWakeableSleep } from '../runtime/async.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import { rememberSecret } from '../secrets/hide-secrets.ts'
import type { CredentialsHolder, Login } from '../store/postgres/connection/credentials.ts'
import { ServerFailure } from '../store/postgres/connection/failure.ts'
import type { StoreWarning } from '../store/store.ts'
import { DatabaseGrant, LeaseRenewal, type VaultClient } from './client.ts'
import { dueMs, endMs, isRunningOut, keepUp, newLease, renewedLease, type VaultLease } from './lease.ts'
import { isAnswered, type HeldToken, type VaultTokens } from './tokens.ts'

/** PostgreSQL's users that Vault makes for us, one after the other. */
export type DatabaseCredentials = ReturnType<typeof createDatabaseCredentials>

const FIRST_RETRY_MS = 500
const MAX_RETRY_MS = 15_000
/** While the store is down for want of a user. */
const MAX_DOWN_RETRY_MS = 2_000

const MIN_RETRY_MS = 100

/** A server that refuses each user that Vault makes does not have it make one after the other. */
const BETWEEN_REFUSALS_MS = 10_000

interface DatabaseLeaseParts {
  readonly client: VaultClient
  readonly tokens: VaultTokens
  readonly clock: Clock
  readonly log: Pick<Log, 'info' | 'warn'>
  readonly place: { readonly mount: string; readonly role: string }
}

/**
 * Keeps one user: renewed at two thirds of its lease; where it cannot be renewed, or not for long, another takes its
 * place before it ends. While Vault gives nothing, it goes on as long as the lease lives.
 */
export function createDatabaseCredentials(parts: DatabaseLeaseParts) {
  const { tokens, clock, log } = parts
  const stopping = new AbortController()
  const { signal } = stopping
  const pause = createWakeableSleep(clock)
  const holders = new Set<CredentialsHolder>()
  const user = createUser(parts, holders, signal)
  const trouble = createTrouble(parts, holders)
  let refusedMs = -Infinity

  const keep = (): Promise<never> =>
    keepUp(parts, pause, signal, {
      nextMs: (retryMs) => user.nextMs(retryMs),
      step: () => user.step().then(() => trouble.set(null)),
      onFailure(error, failures) {
        trouble.set(error)
        return backoffMs(failures, user.held(), clock.now())
      },
    })
  return {
    /**
     * Has the first one made. Resolves also where Vault is away or sealed: it goes on being asked then. Throws a VaultError
     * that does not pass by itself.
     */
    open: coalesce(async (): Promise<void> => {
      await user.step().catch((error: unknown) => {
        if (!(error instanceof AppError) || !error.retryable) throw error
        trouble.set(error)
      })
      tokens.onExchange(() => pause.wake())
      keep().catch((error: unknown) => {
        if (!signal.aborted) log.warn({ err: error }, 'database credentials are not renewed any more')
      })
    }, 'kept'),
    now(): Login {
      const held = user.held()
      if (held !== null && clock.now() < loginEndMs(held)) return held.login
      throw whyNone(trouble.current()?.error)
    },
    trouble(): StoreWarning | null {
      const held = user.held()
      return held && warningOf(held, trouble.current(), tokens.endsForGoodMs())
    },
    refused(): void {
      if (clock.now() - refusedMs < BETWEEN_REFUSALS_MS) return
      refusedMs = clock.now()
      user.discard()
      pause.wake()
    },
    attach(holder: CredentialsHolder): () => void {
      holders.add(holder)
      return () => void holders.delete(holder)
    },
    /** Nothing is asked for any more; what we have is given back. */
    stop(within: AbortSignal): Promise<void> {
      stopping.abort(new Error('The database is not needed any more'))
      return user.giveBackAll(within)
    },
  }
}

/** The user that we have now: another takes its place where it is not renewed, or was discarded. */
function createUser(parts: DatabaseLeaseParts, holders: ReadonlySet<CredentialsHolder>, signal: AbortSignal) {
  const { tokens, clock, log } = parts
  /** Also those that are not used yet, or not any more. */
  const leased = new Set<HeldLogin>()
  let held: HeldLogin | null = null
  let mustReplace = false

  const giveBack = (login: HeldLogin, within: AbortSignal): Promise<void> => {
    leased.delete(login)
    return revokeLogin(parts, login, within)
  }
  /** Goes over to another one, whose connections are new. Throws also why the server does not take it: then the former one stays. */
  const replace = async (): Promise<void> => {
    mustReplace = true // also where it has to be tried again
    const next = await leaseLogin(parts, signal)
    leased.add(next)
    const former = held
    try {
      if (former !== null) for (const holder of holders) await holder.tryOut(next.login)
    } catch (error) {
      await giveBack(next, signal)
      throw error
    }
    held = next
    mustReplace = false
    const moved = Promise.all([...holders].map((holder) => holder.moveOver()))
    if (former === null) return
    log.info({ user: next.login.user }, 'the store goes over to another user of the database')
    void moved.then(() => (signal.aborted ? undefined : giveBack(former, signal)))
  }
  const dropEnded = (): void => {
    if (held === null || clock.now() < loginEndMs(held)) return
    leased.delete(held)
    held = null
    log.warn('the lease of the database user has ended')
    for (const holder of holders) holder.changed()
  }
  return {
    held: () => held,
    nextMs(retryMs: number | null): number {
      if (held === null) return retryMs ?? 0
      return Math.min(loginEndMs(held), retryMs ?? (mustReplace ? 0 : dueMs(held.lease)))
    },
    /** Does what there is to do for the user of now. */
    async step(): Promise<void> {
      dropEnded()
      if (held === null || mustReplace || held.token !== tokens.current()) return replace()
      if (clock.now() >= dueMs(held.lease) && !(await renewLogin(parts, held, signal))) await replace()
    },
    discard: (): void => void (mustReplace = true),
    async giveBackAll(within: AbortSignal): Promise<void> {
      held = null
      await Promise.all([...leased].map((login) => giveBack(login, within)))
    },
  }
}

/** Why Vault gives no user, and since when. */
interface Trouble {
  readonly error: unknown
  readonly sinceMs: number
}

/** The trouble of now, null where there is none. It is logged when it begins and when it is over. */
function createTrouble({ clock, log }: DatabaseLeaseParts, holders: ReadonlySet<CredentialsHolder>) {
  let current: Trouble | null = null
  return {
    current: () => current,
    set(error: unknown): void {
      if (error !== null && current === null)
        log.warn({ err: error }, 'Vault does not give database credentials')
      if (error === null && current !== null) log.info('Vault gives database credentials again')
      current = error === null ? null : { error, sinceMs: current?.sinceMs ?? clock.now() }
      for (const holder of holders) holder.changed()
    },
  }
}

/** Soon, and again before the lease ends. */
function backoffMs(failures: number, held: HeldLogin | null, nowMs: number): number {
  const usual = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS)
  const longest = held === null ? MAX_DOWN_RETRY_MS : (loginEndMs(held) - nowMs) / 4
  return Math.max(MIN_RETRY_MS, Math.min(usual, longest)) * (0.8 + Math.random() * 0.2)
}

function warningOf(
  held: HeldLogin,
  trouble: Trouble | null,
  tokenEndsMs: number | null,
): StoreWarning | null {
  const untilMs = loginEndMs(held)
  if (trouble !== null) return { sinceMs: trouble.sinceMs, ...failureOf(toWireError(trouble.error)), untilMs }
  if (tokenEndsMs === null || tokenEndsMs > untilMs) return null
  return { sinceMs: held.lease.fromMs, ...failureOf(tokenEnds()), untilMs }
}

function tokenEnds(): AppError {
  return new AppError(
    'not-configured',
    'The token of VAULT_TOKEN ends soon, and Vault does not renew it any further.',
    { hint: 'Start Jira TPM with another one; an AppRole gets another by itself.' },
  )
}

/** What a caller who wants a connection gets. The cause has the store look again every second, as for a server that is away. */
function whyNone(error: unknown = leaseEnded()): AppError {
  const { what, consequence, hint, retryable } = toWireError(error)
  return new AppError(retryable ? 'store-unavailable' : 'not-configured', what, {
    consequence:
      `${consequence} The database cannot be used without it; what was stored before is safe.`.trim(),
    hint,
    retryable: true,
    cause: new ServerFailure('no-answer'),
  })
}

function leaseEnded(): AppError {
  return new AppError('secrets-unavailable', 'The lease of the database user from Vault has ended.', {
    hint: 'Another one is asked of Vault.',
    retryable: true,
  })
}

/** A user of PostgreSQL that Vault has made for us. */
interface HeldLogin {
  readonly login: Login
  readonly leaseId: string
  /** Whose it is: Vault takes the user back when this token ends. */
  readonly token: HeldToken
  lease: VaultLease
}

/** https://developer.hashicorp.com/vault/docs/concepts/lease: with a token end all leases that were made by it. */
function loginEndMs({ lease, token }: HeldLogin): number {
  return Math.min(endMs(lease), endMs(token.lease))
}

/** Has Vault make a user: https://developer.hashicorp.com/vault/api-docs/secret/databases#generate-credentials. Throws VaultErrors. */
function leaseLogin(
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
async function renewLogin(
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
async function revokeLogin(
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
