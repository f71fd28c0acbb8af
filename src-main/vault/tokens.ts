import { errorText } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../runtime/clock.ts'
import type { VaultAuth } from '../config/vault-config.ts'
import type { Log } from '../runtime/log.ts'
import { readSecret } from '../config/environment.ts'
import { rememberSecret } from '../secrets/hide-secrets.ts'
import { TokenGrant, TokenLookup, type VaultClient } from './client.ts'
import { dueMs, endMs, isRunningOut, keepUp, newLease, renewedLease, type VaultLease } from './lease.ts'
import { VaultError } from './vault-error.ts'
import { coalesce, createWakeableSleep } from '../runtime/async.ts'

/** A token of Vault's, with how long it lasts now. What is leased by it ends with it. */
export interface HeldToken {
  readonly value: string
  lease: VaultLease
}

export type VaultTokens = ReturnType<typeof createVaultTokens>

interface TokenParts {
  readonly client: VaultClient
  readonly auth: VaultAuth
  readonly clock: Clock
  readonly log: Pick<Log, 'info' | 'warn'>
}

const RETRY_MS = 1_000
const MAX_RETRY_MS = 15_000

/** The token that we have, renewed as long as Vault renews it; one of an AppRole is then exchanged for another. */
export function createVaultTokens({ client, auth, clock, log }: TokenParts) {
  const listeners = new Set<() => void>()
  const stopping = new AbortController()
  rememberSecret(auth.kind === 'token' ? auth.token : auth.secretId, null)
  /** Another one can be had: by logging in, or from the file, where what renews it puts the next. */
  const isExchangeable = auth.kind === 'app-role' || auth.file !== undefined

  const open = coalesce(async (): Promise<HeldToken> => {
    const { signal } = stopping
    const fresh =
      auth.kind === 'token'
        ? await lookUp(client, givenToken(auth), clock, signal)
        : await byAppRole(client, auth, clock, signal)
    const former = kept.current()
    kept.hold(fresh)
    if (former === null || former.value === fresh.value) return fresh
    log.info('another token of Vault’s is used')
    for (const listener of listeners) listener()
    return fresh
  })
  const kept = createKeptToken({ client, clock, log }, isExchangeable ? open : null, stopping.signal)
  const valid = async (): Promise<HeldToken> => {
    const held = kept.current()
    return held !== null && (!isExchangeable || clock.now() < endMs(held.lease)) ? held : open()
  }

  return {
    /** Null before the first. */
    current: kept.current,
    /**
     * Does something with a token that works, as far as is known. Where Vault does not know it any more, an AppRole logs in
     * anew, or the token's file is read anew, and the work is done once more. Throws what the work throws, and VaultErrors.
     */
    async use<T>(work: (token: HeldToken) => Promise<T>, signal: AbortSignal): Promise<T> {
      signal.throwIfAborted()
      const token = await valid()
      try {
        return await work(token)
      } catch (error) {
        const isUnknown = isExchangeable && isForbidden(error)
        if (!isUnknown || (kept.current() === token && (await isKnown(client, token, signal)))) throw error
        if (kept.current() === token) await open()
        return work(await valid())
      }
    },
    /** Called when there is another token; returns what unsubscribes. */
    onExchange(listener: () => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    /** The token was given to us, and nothing lengthens it: when it ends (epoch ms); null where that is not so. */
    endsForGoodMs: kept.endsForGoodMs,
    /** Gives back a token that we have got ourselves; with it goes what is leased by it. */
    async stop(signal: AbortSignal): Promise<void> {
      stopping.abort(new Error('Vault is not needed any more'))
      const held = kept.current()
      if (held !== null && auth.kind !== 'token') await revoke(client, held, log, signal)
    },
  }
}

/** Renews the token that is held. Where that does not go on, `exchange` brings the next; null: it ends for good then. */
function createKeptToken(
  { client, clock, log }: Omit<TokenParts, 'auth'>,
  exchange: (() => Promise<unknown>) | null,
  signal: AbortSignal,
) {
  const pause = createWakeableSleep(clock)
  let held: HeldToken | null = null
  let endsForGood = false

  /** Renews it, or exchanges it; what Vault does not give is asked for again a little later. */
  const lengthen = async (token: HeldToken): Promise<void> => {
    if (token.lease.renewable && clock.now() < endMs(token.lease)) {
      const renewed = await renew(client, token, clock, signal).catch((error: unknown) => {
        if (isAnswered(error)) return null
        throw error
      })
      if (renewed !== null) token.lease = renewed
      if (renewed !== null && !isRunningOut(renewed)) return
    }
    if (exchange === null) endsForGood = true
    else await exchange()
  }
  const nextDueMs = (): number => (held === null || endsForGood ? Infinity : dueMs(held.lease))
  const keep = (): Promise<never> =>
    keepUp({ clock }, pause, signal, {
      nextMs: (retryMs) => retryMs ?? nextDueMs(),
      async step() {
        if (held !== null && clock.now() >= nextDueMs()) await lengthen(held)
      },
      onFailure(error, failures) {
        log.warn({ err: error }, 'the token of Vault’s is not renewed')
        return Math.min(RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS)
      },
    })
  return {
    current: (): HeldToken | null => held,
    endsForGoodMs: (): number | null => (endsForGood && held !== null ? endMs(held.lease) : null),
    /** It takes the former one's place. */
    hold(token: HeldToken): void {
      const isFirst = held === null
      held = token
      endsForGood = exchange === null && !token.lease.renewable && Number.isFinite(token.lease.forMs)
      if (isFirst) keep().catch(() => {}) // its only end is that of all
      pause.wake()
    },
  }
}

/** As the file holds it now, where one was given. Throws `not-configured` where it cannot be read. */
function givenToken({ token, file }: Extract<VaultAuth, { kind: 'token' }>): string {
  if (file === undefined) return token
  const next = readSecret('VAULT_TOKEN', file)
  rememberSecret(next, null)
  return next
}

/** https://developer.hashicorp.com/vault/api-docs/auth/token#lookup-a-token-self */
async function lookUp(
  client: VaultClient,
  token: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<HeldToken> {
  const fromMs = clock.now()
  const act = 'look at its own token'
  const request = { method: 'GET', path: 'auth/token/lookup-self', token, act } as const
  const { data } = await client.ask(request, TokenLookup, signal)
  const seconds = data.expire_time === null ? Infinity : data.ttl
  return { value: token, lease: newLease(fromMs, seconds, data.renewable ?? false) }
}

/** https://developer.hashicorp.com/vault/api-docs/auth/approle#login-with-approle */
async function byAppRole(
  client: VaultClient,
  { mount, roleId, secretId }: Extract<VaultAuth, { kind: 'app-role' }>,
  clock: Clock,
  signal: AbortSignal,
): Promise<HeldToken> {
  const fromMs = clock.now()
  const body = { role_id: roleId, secret_id: secretId }
  const act = 'log in with its AppRole'
  const request = { method: 'POST', path: `auth/${mount}/login`, body, token: null, act } as const
  const { auth } = await client.ask(request, TokenGrant, signal)
  rememberSecret(auth.client_token, null)
  return { value: auth.client_token, lease: newLease(fromMs, auth.lease_duration, auth.renewable) }
}

/** https://developer.hashicorp.com/vault/api-docs/auth/token#renew-a-token-self */
async function renew(
  client: VaultClient,
  { value, lease }: HeldToken,
  clock: Clock,
  signal: AbortSignal,
): Promise<VaultLease> {
  const fromMs = clock.now()
  const body = { increment: `${Math.ceil(lease.wholeMs / 1_000)}s` }
  const act = 'renew its own token'
  const request = { method: 'POST', path: 'auth/token/renew-self', body, token: value, act } as const
  const { auth } = await client.ask(request, TokenGrant, signal)
  return renewedLease(lease, fromMs, auth.lease_duration, auth.renewable)
}

/** https://developer.hashicorp.com/vault/api-docs/auth/token#revoke-a-token-self. Never rejects. */
async function revoke(
  client: VaultClient,
  { value }: HeldToken,
  log: Pick<Log, 'info'>,
  signal: AbortSignal,
): Promise<void> {
  const act = 'end its token'
  const request = { method: 'POST', path: 'auth/token/revoke-self', token: value, act } as const
  await client.send(request, signal).catch((error: unknown) => {
    const why = error instanceof VaultError ? errorText(error) : String(error)
    log.info({ why }, 'the token was not given back to Vault, and ends with its time')
  })
}

/** A policy may not allow what was asked for, though the token is as good as ever. */
async function isKnown(client: VaultClient, { value }: HeldToken, signal: AbortSignal): Promise<boolean> {
  const act = 'look at its own token'
  const request = { method: 'GET', path: 'auth/token/lookup-self', token: value, act } as const
  try {
    await client.send(request, signal)
    return true
  } catch (error) {
    if (isForbidden(error)) return false
    throw error
  }
}

function isForbidden(error: unknown): boolean {
  return error instanceof VaultError && error.trouble === 'forbidden'
}

/** Vault said no, and would say so again. */
export function isAnswered(error: unknown): boolean {
  return error instanceof VaultError && /^(?:forbidden|missing|refused)$/.test(error.trouble)
}
