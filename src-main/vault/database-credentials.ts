import { AppError, failureOf, messageOf, toWireError } from '../../src-shared/errors/app-error.ts'
import { coalesce, createWakeableSleep } from '../runtime/async.ts'
import type { Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import { rememberSecret } from '../secrets/hide-secrets.ts'
import type { CredentialsHolder, Login, StoreCredentials } from '../store/postgres/connection/credentials.ts'
import { ServerFailure } from '../store/postgres/connection/failure.ts'
import type { StoreWarning } from '../store/store.ts'
import { DatabaseGrant, LeaseRenewal, type VaultClient } from './client.ts'
import { dueMs, endMs, isRunningOut, keepUp, newLease, renewedLease, type VaultLease } from './lease.ts'
import { isAnswered, type HeldToken, type VaultTokens } from './tokens.ts'

/** PostgreSQL's users that Vault makes for us, one after the other. */
export interface DatabaseCredentials extends StoreCredentials {
  /**
   * Has the first one made. Resolves also where Vault is away or sealed: it goes on being asked then. Throws a VaultError
   * that does not pass by itself.
   */
  open(): Promise<void>
  /** Nothing is asked for any more; what we have is given back. */
  stop(signal: AbortSignal): Promise<void>
}

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
export function createDatabaseCredentials(parts: DatabaseLeaseParts): DatabaseCredentials {
  const { tokens, clock, log } = parts
  const holders = new Set<CredentialsHolder>()
  const stopping = new AbortController()
  const { signal } = stopping
  const pause = createWakeableSleep(clock)
  /** Also those that are not used yet, or not any more. */
  const leased = new Set<HeldLogin>()
  let held: HeldLogin | null = null
  let trouble: Trouble | null = null
  let mustReplace = false
  let refusedMs = -Infinity

  const notifyHolders = (): void => holders.forEach((holder) => holder.changed())
  const setTrouble = (error: unknown): void => {
    trouble = nextTrouble(trouble, error, parts)
    notifyHolders()
  }
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
    notifyHolders()
  }
  /** Does what there is to do for the user of now. */
  const step = async (): Promise<void> => {
    dropEnded()
    if (held === null || mustReplace || held.token !== tokens.current()) return replace()
    if (clock.now() >= dueMs(held.lease) && !(await renewLogin(parts, held, signal))) await replace()
  }
  const keep = (): Promise<never> =>
    keepUp(parts, pause, signal, {
      nextMs(retryMs) {
        if (held === null) return retryMs ?? 0
        return Math.min(loginEndMs(held), retryMs ?? (mustReplace ? 0 : dueMs(held.lease)))
      },
      step: () => step().then(() => setTrouble(null)),
      onFailure(error, failures) {
        setTrouble(error)
        return backoffMs(failures, held === null ? null : loginEndMs(held) - clock.now())
      },
    })
  const open = coalesce(async (): Promise<void> => {
    await step().catch((error: unknown) => {
      if (!(error instanceof AppError) || !error.retryable) throw error
      setTrouble(error)
    })
    tokens.onExchange(() => pause.wake())
    keep().catch((error: unknown) => {
      if (!signal.aborted) log.warn({ err: error }, 'database credentials are not renewed any more')
    })
  }, 'kept')
  return {
    open,
    now() {
      if (held !== null && clock.now() < loginEndMs(held)) return held.login
      throw whyNone(trouble?.error)
    },
    trouble: () => (held === null ? null : warningOf(held, trouble, tokens.endsForGoodMs())),
    refused() {
      if (clock.now() - refusedMs < BETWEEN_REFUSALS_MS) return
      refusedMs = clock.now()
      mustReplace = true
      pause.wake()
    },
    attach(holder) {
      holders.add(holder)
      return () => void holders.delete(holder)
    },
    async stop(within) {
      stopping.abort(new Error('The database is not needed any more'))
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

/** Null where `error` is; it is logged when it begins and when it is over. */
function nextTrouble(
  trouble: Trouble | null,
  error: unknown,
  { clock, log }: DatabaseLeaseParts,
): Trouble | null {
  if (error !== null && trouble === null) log.warn({ err: error }, 'Vault does not give database credentials')
  if (error === null && trouble !== null) log.info('Vault gives database credentials again')
  return error === null ? null : { error, sinceMs: trouble?.sinceMs ?? clock.now() }
}

/** Soon, and again before the lease ends; null: it has ended. */
function backoffMs(failures: number, remainingMs: number | null): number {
  const usual = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS)
  const longest = remainingMs === null ? MAX_DOWN_RETRY_MS : remainingMs / 4
  return Math.max(MIN_RETRY_MS, Math.min(usual, longest)) * (0.8 + Math.random() * 0.2)
}

function warningOf(
  held: HeldLogin,
  trouble: Trouble | null,
  tokenEndsMs: number | null,
): StoreWarning | null {
  const untilMs = loginEndMs(held)
  if (trouble !== null) {
    return { sinceMs: trouble.sinceMs, ...failureOf(toWireError(trouble.error)), untilMs }
  }
  if (tokenEndsMs === null || tokenEndsMs > untilMs) return null
  return {
    sinceMs: held.lease.fromMs,
    ...failureOf(tokenEnds()),
    untilMs,
  }
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
