import { AppError, toWireError } from '../../src-shared/errors/app-error.ts'
import type { Log } from '../log.ts'
import type { Credentials, CredentialsHolder } from '../store/postgres/credentials.ts'
import { NoAnswerError } from '../store/postgres/failure.ts'
import type { StoreWarning } from '../store/store.ts'
import {
  leaseLogin,
  loginEndMs,
  renewLogin,
  revokeLogin,
  type HeldLogin,
  type LeaseParts,
} from './database-lease.ts'
import { dueMs, isRunningOut } from './lease.ts'
import { isAnswered } from './tokens.ts'
import { createWaiter } from './waiter.ts'

/** PostgreSQL's users that Vault makes for us, one after the other. */
export interface DatabaseCredentials extends Credentials {
  /**
   * Has the first one made. Resolves also where Vault is away or sealed: it goes on being asked then. Throws a VaultError
   * that does not pass by itself.
   */
  open(): Promise<void>
  /** Nothing is asked for any more; what we have is given back. */
  stop(signal: AbortSignal): Promise<void>
}

interface DatabaseParts extends LeaseParts {
  readonly place: { readonly mount: string; readonly role: string }
  readonly log: Pick<Log, 'info' | 'warn'>
}

const FIRST_RETRY_MS = 500
const LONGEST_RETRY_MS = 15_000
/** While the store is down for want of a user. */
const LONGEST_DOWN_RETRY_MS = 2_000
const SHORTEST_RETRY_MS = 100
/** A server that refuses each user that Vault makes does not have it make one after the other. */
const BETWEEN_REFUSALS_MS = 10_000

/**
 * Keeps one user: renewed at two thirds of its lease; where it cannot be renewed, or not for long, another takes its
 * place before it ends. While Vault gives nothing, it goes on as long as the lease lives.
 */
export function createDatabaseCredentials(parts: DatabaseParts): DatabaseCredentials {
  const { client, tokens, clock, log, place } = parts
  const holders = new Set<CredentialsHolder>()
  const stopping = new AbortController()
  const waiter = createWaiter(clock)
  const { signal } = stopping
  let held: HeldLogin | null = null
  let last: HeldLogin | null = null
  /** Those that are not used for new connections any more, and not given back yet. */
  const leaving = new Set<HeldLogin>()
  let trouble: { readonly error: unknown; readonly sinceMs: number } | null = null
  let mustReplace = false
  let refusedMs = -Infinity
  let opened: Promise<void> | null = null

  const setTrouble = (error: unknown): void => {
    if (error !== null && trouble === null)
      log.warn({ err: error }, 'Vault does not give database credentials')
    if (error === null && trouble !== null) log.info('Vault gives database credentials again')
    trouble = error === null ? null : { error, sinceMs: trouble?.sinceMs ?? clock.now() }
    for (const holder of holders) holder.troubled()
  }
  const giveBack = async (login: HeldLogin, within: AbortSignal): Promise<void> => {
    leaving.delete(login)
    await revokeLogin(client, login, within).catch((error: unknown) => {
      log.info(
        { why: toWireError(error).message },
        'a database user was not given back, and ends with its lease',
      )
    })
  }
  /** New connections are made with it from here on; the former user's finish what they are at. */
  const adopt = (next: HeldLogin): void => {
    const former = held
    held = next
    last = next
    mustReplace = false
    const moved = Promise.all([...holders].map((holder) => holder.moveOver()))
    if (former === null) return
    log.info({ user: next.login.user }, 'the store goes over to another user of the database')
    leaving.add(former)
    void moved.then(() => (signal.aborted ? undefined : giveBack(former, signal)))
  }
  const replace = async (): Promise<void> => {
    const next = await leaseLogin(parts, place, signal)
    leaving.add(next)
    try {
      for (const holder of holders) await holder.tryOut(next.login)
    } catch (error) {
      await giveBack(next, signal)
      throw error
    }
    leaving.delete(next)
    adopt(next)
  }
  const lengthen = async (login: HeldLogin): Promise<void> => {
    if (login.lease.renewable) {
      try {
        login.lease = await renewLogin(parts, login, signal)
        if (!isRunningOut(login.lease)) return
      } catch (error) {
        if (!isAnswered(error)) throw error
      }
    }
    mustReplace = true // from here on, also where it has to be tried again
    await replace()
  }
  const endWhereDue = (): void => {
    if (held === null || clock.now() < loginEndMs(held)) return
    held = null
    log.warn('the lease of the database user has ended')
    for (const holder of holders) holder.ended(whyNone(trouble?.error))
  }
  const step = async (): Promise<void> => {
    endWhereDue()
    if (held === null) adopt(await leaseLogin(parts, place, signal))
    else if (mustReplace || held.token !== tokens.current()) await replace()
    else if (clock.now() >= dueMs(held.lease)) await lengthen(held)
  }
  /** Null: at once. */
  const nextMs = (retryMs: number | null): number => {
    if (held === null) return retryMs ?? 0
    return Math.min(loginEndMs(held), retryMs ?? (mustReplace ? 0 : dueMs(held.lease)))
  }
  const keep = async (): Promise<void> => {
    let failures = 0
    let retryMs: number | null = null
    for (;;) {
      await waiter.until(nextMs(retryMs), signal)
      try {
        await step()
        failures = 0
        retryMs = null
        setTrouble(null)
      } catch (error) {
        signal.throwIfAborted()
        failures += 1
        retryMs = clock.now() + backoffMs(failures, held === null ? null : loginEndMs(held) - clock.now())
        setTrouble(error)
      }
      endWhereDue()
    }
  }
  const open = async (): Promise<void> => {
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
  }
  return {
    open: () =>
      (opened ??= open().catch((error: unknown) => {
        opened = null
        throw error
      })),
    now() {
      if (held !== null && clock.now() < loginEndMs(held)) return held.login
      throw whyNone(trouble?.error)
    },
    // Before the first one nobody asks: `now` has thrown.
    last: () => (held ?? last)?.login ?? { user: '', password: null },
    trouble: () => (held === null ? null : warningOf(held, trouble, tokens.endsForGoodMs())),
    refused() {
      if (clock.now() - refusedMs < BETWEEN_REFUSALS_MS) return
      refusedMs = clock.now()
      mustReplace = true
      waiter.wake()
    },
    attach(holder) {
      holders.add(holder)
      return () => void holders.delete(holder)
    },
    async stop(within) {
      stopping.abort(new Error('The database is not needed any more'))
      const all = [...leaving, ...(held === null ? [] : [held])]
      held = null
      await Promise.all(all.map((login) => giveBack(login, within)))
    },
  }
}

/** Soon, and again before the lease ends; null: it has ended. */
function backoffMs(failures: number, leftMs: number | null): number {
  const usual = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LONGEST_RETRY_MS)
  const longest = leftMs === null ? LONGEST_DOWN_RETRY_MS : leftMs / 4
  return Math.max(SHORTEST_RETRY_MS, Math.min(usual, longest)) * (0.8 + Math.random() * 0.2)
}

function warningOf(
  held: HeldLogin,
  trouble: { readonly error: unknown; readonly sinceMs: number } | null,
  tokenEndsMs: number | null,
): StoreWarning | null {
  const untilMs = loginEndMs(held)
  if (trouble !== null) {
    const { code, message, hint } = toWireError(trouble.error)
    return { sinceMs: trouble.sinceMs, code, message, hint, untilMs }
  }
  if (tokenEndsMs === null || tokenEndsMs > untilMs) return null
  return {
    sinceMs: held.lease.fromMs,
    code: 'not-configured',
    message: 'The token of VAULT_TOKEN ends soon, and Vault does not renew it any further.',
    hint: 'Start Jira TPM with another one; an AppRole gets another by itself.',
    untilMs,
  }
}

/** What whoever wants a connection is told. The cause has the store look again every second, as for a server that is away. */
function whyNone(error: unknown = leaseEnded()): AppError {
  const { message, hint, retryable } = toWireError(error)
  return new AppError(
    retryable ? 'store-unavailable' : 'not-configured',
    `${message} The database cannot be used without it; what was stored before is safe.`,
    { hint, retryable: true, cause: new NoAnswerError() },
  )
}

function leaseEnded(): AppError {
  return new AppError('secrets-unavailable', 'The lease of the database user from Vault has ended.', {
    hint: 'Another one is asked of Vault.',
    retryable: true,
  })
}
