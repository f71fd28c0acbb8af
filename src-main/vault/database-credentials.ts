import { AppError, failureOf, toWireError } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../runtime/clock.ts'
import type { StoreCredentials, CredentialsHolder } from '../store/postgres/connection/credentials.ts'
import { NoAnswerError } from '../store/postgres/connection/failure.ts'
import type { StoreWarning } from '../store/store.ts'
import {
  createHeldLogins,
  loginEndMs,
  type HeldLogin,
  type HeldLogins,
  type HeldLoginsParts,
} from './database-logins.ts'
import { createWaiter, dueMs } from './lease.ts'
import type { VaultTokens } from './tokens.ts'
import { coalesce } from '../runtime/async.ts'

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

/**
 * Keeps one user: renewed at two thirds of its lease; where it cannot be renewed, or not for long, another takes its
 * place before it ends. While Vault gives nothing, it goes on as long as the lease lives.
 */
export function createDatabaseCredentials(parts: HeldLoginsParts): DatabaseCredentials {
  const { tokens, clock, log } = parts
  const holders = new Set<CredentialsHolder>()
  const stopping = new AbortController()
  const { signal } = stopping
  const logins = createHeldLogins(parts, holders, signal)
  const waiter = createWaiter(clock)
  const trouble = createTrouble(clock, log)
  const renewal = createRenewal(logins, tokens, clock)
  let refusedMs = -Infinity

  const setTrouble = (error: unknown): void => {
    trouble.set(error)
    for (const holder of holders) holder.troubled()
  }
  const endWhereDue = (): void => {
    if (!logins.dropEnded()) return
    for (const holder of holders) holder.ended(whyNone(trouble.now()?.error))
  }
  const step = async (): Promise<void> => {
    endWhereDue()
    await renewal.step()
  }
  const keep = async (): Promise<void> => {
    let failures = 0
    let retryMs: number | null = null
    for (;;) {
      await waiter.until(renewal.nextMs(retryMs), signal)
      try {
        await step()
        failures = 0
        retryMs = null
        setTrouble(null)
      } catch (error) {
        signal.throwIfAborted()
        failures += 1
        retryMs = clock.now() + backoffMs(failures, leftMs(logins.current(), clock))
        setTrouble(error)
      }
      endWhereDue()
    }
  }
  const open = coalesce(async (): Promise<void> => {
    try {
      await step()
    } catch (error) {
      if (!(error instanceof AppError) || !error.retryable) throw error
      setTrouble(error)
    }
    const leave = tokens.onExchange(() => waiter.wake())
    keep()
      .catch((error: unknown) => {
        if (!signal.aborted) log.warn({ err: error }, 'database credentials are not renewed any more')
      })
      .finally(leave)
  }, 'kept')
  return {
    open,
    now() {
      const held = logins.current()
      if (held !== null && clock.now() < loginEndMs(held)) return held.login
      throw whyNone(trouble.now()?.error)
    },
    // Before the first one nobody asks: `now` has thrown.
    last: () => logins.last()?.login ?? { user: '', password: null },
    trouble() {
      const held = logins.current()
      return held === null ? null : warningOf(held, trouble.now(), tokens.endsForGoodMs())
    },
    refused() {
      if (clock.now() - refusedMs < BETWEEN_REFUSALS_MS) return
      refusedMs = clock.now()
      renewal.replaceSoon()
      waiter.wake()
    },
    attach(holder) {
      holders.add(holder)
      return () => void holders.delete(holder)
    },
    async stop(within) {
      stopping.abort(new Error('The database is not needed any more'))
      await logins.stop(within)
    },
  }
}

interface Trouble {
  readonly error: unknown
  readonly sinceMs: number
}

/** Why Vault gives none, and since when. */
function createTrouble(clock: Clock, log: HeldLoginsParts['log']) {
  let trouble: Trouble | null = null
  return {
    now: (): Trouble | null => trouble,
    set(error: unknown): void {
      if (error !== null && trouble === null)
        log.warn({ err: error }, 'Vault does not give database credentials')
      if (error === null && trouble !== null) log.info('Vault gives database credentials again')
      trouble = error === null ? null : { error, sinceMs: trouble?.sinceMs ?? clock.now() }
    },
  }
}

/** What there is to do for the user of now, and when. */
function createRenewal(logins: HeldLogins, tokens: VaultTokens, clock: Clock) {
  let mustReplace = false
  const replace = async (): Promise<void> => {
    mustReplace = true // also where it has to be tried again
    await logins.replace()
    mustReplace = false
  }
  return {
    replaceSoon(): void {
      mustReplace = true
    },
    async step(): Promise<void> {
      const held = logins.current()
      if (held === null) return logins.begin()
      if (mustReplace || held.token !== tokens.current()) return replace()
      if (clock.now() < dueMs(held.lease)) return
      const isRenewed = held.lease.renewable && (await logins.renew(held))
      if (!isRenewed) await replace()
    },
    /** When there is something to do; after a failure at `retryMs`. */
    nextMs(retryMs: number | null): number {
      const held = logins.current()
      if (held === null) return retryMs ?? 0
      return Math.min(loginEndMs(held), retryMs ?? (mustReplace ? 0 : dueMs(held.lease)))
    },
  }
}

/** How long the lease still lasts (ms); null: it is over. */
function leftMs(held: HeldLogin | null, clock: Clock): number | null {
  return held === null ? null : loginEndMs(held) - clock.now()
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
    cause: new NoAnswerError(),
  })
}

function leaseEnded(): AppError {
  return new AppError('secrets-unavailable', 'The lease of the database user from Vault has ended.', {
    hint: 'Another one is asked of Vault.',
    retryable: true,
  })
}
