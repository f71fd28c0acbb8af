import type { Clock } from '../runtime/clock.ts'
import { sleep } from '../runtime/async.ts'

/** Something that Vault has given for a while. Times are the machine's epoch ms. */
export interface VaultLease {
  /** When it was given, or renewed last: before the request left, so that it never ends sooner than we think. */
  readonly fromMs: number
  /** How long it lasts from then on; Infinity: it never ends. */
  readonly forMs: number
  /** How long it was when it was given. */
  readonly wholeMs: number
  readonly renewable: boolean
}

/** A timer stands still while a laptop sleeps, the clock does not: so long waits are cut. */
const MAX_NAP_MS = 5_000

/** One that was just given. */
export function newLease(fromMs: number, seconds: number, renewable: boolean): VaultLease {
  const forMs = seconds * 1_000
  return { fromMs, forMs, wholeMs: forMs, renewable }
}

export function renewedLease(
  { wholeMs }: VaultLease,
  fromMs: number,
  seconds: number,
  renewable: boolean,
): VaultLease {
  return { ...newLease(fromMs, seconds, renewable), wholeMs }
}

/** At two thirds, as the agents of Vault do: a third is left for what goes wrong. */
export function dueMs({ fromMs, forMs }: VaultLease): number {
  return fromMs + (forMs * 2) / 3
}

export function endMs({ fromMs, forMs }: VaultLease): number {
  return fromMs + forMs
}

/**
 * Whether it was renewed for less than it was given for: its max TTL is near, and Vault renews nothing past that. It says
 * whole seconds, so one less may be rounding. https://developer.hashicorp.com/vault/docs/concepts/lease
 */
export function isRunningOut({ forMs, wholeMs }: VaultLease): boolean {
  return forMs < wholeMs - Math.min(1_000, wholeMs / 4)
}

/** Waits for an instant, or until something happens before. */
export function createWaiter(clock: Clock) {
  let woken = new AbortController()
  return {
    /** Resolves at `atMs` (the machine's epoch ms), or when it is woken; rejects with the signal's reason. */
    async until(atMs: number, signal: AbortSignal): Promise<void> {
      const { signal: waking } = woken
      while (!waking.aborted) {
        signal.throwIfAborted()
        const leftMs = atMs - clock.now()
        if (leftMs <= 0) return
        await sleep(Math.min(leftMs, MAX_NAP_MS), AbortSignal.any([signal, waking]), clock)
      }
      woken = new AbortController()
      signal.throwIfAborted()
    },
    /** Ends a wait, or the next one where nobody waits. */
    wake: (): void => woken.abort(),
  }
}

interface Upkeep {
  /** When there is something to do (epoch ms); after a failure, at `retryMs` at the latest. */
  readonly nextMs: (retryMs: number | null) => number
  readonly step: () => Promise<void>
  /** After how long it is tried again (ms). */
  readonly onFailure: (error: unknown, failures: number) => number
}

/** Does what is due, again and again. Rejects with the signal's reason when it is aborted. */
export async function keepUp(
  { clock }: { readonly clock: Clock },
  waiter: ReturnType<typeof createWaiter>,
  signal: AbortSignal,
  { nextMs, step, onFailure }: Upkeep,
): Promise<never> {
  let failures = 0
  let retryMs: number | null = null
  for (;;) {
    await waiter.until(nextMs(retryMs), signal)
    try {
      await step()
      failures = 0
      retryMs = null
    } catch (error) {
      signal.throwIfAborted()
      failures += 1
      retryMs = clock.now() + onFailure(error, failures)
    }
  }
}
