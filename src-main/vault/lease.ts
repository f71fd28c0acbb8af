import type { Clock } from '../runtime/clock.ts'
import type { WakeableSleep } from '../runtime/async.ts'

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

interface Upkeep {
  /** When there is something to do (epoch ms); after a failure, at `retryMs` at the latest. */
  readonly nextMs: (retryMs: number | null) => number
  readonly step: () => Promise<void>
  /** After how long it is tried again (ms). */
  readonly onFailure: (error: unknown, failures: number) => number
}

/**
 * Does what is due, again and again; `pause` is woken where something else may be due now. Rejects with the signal's reason
 * when it is aborted.
 */
export async function keepUp(
  { clock }: { readonly clock: Clock },
  pause: WakeableSleep,
  signal: AbortSignal,
  { nextMs, step, onFailure }: Upkeep,
): Promise<never> {
  let failures = 0
  let retryMs: number | null = null
  for (;;) {
    for (let woken = false; !woken;) {
      signal.throwIfAborted()
      const leftMs = nextMs(retryMs) - clock.now()
      if (leftMs <= 0) break
      woken = await pause.sleep(Math.min(leftMs, MAX_NAP_MS), signal)
    }
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
