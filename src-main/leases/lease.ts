import type { AppError } from '../../src-shared/errors/app-error.ts'
import { elapsedMs, type Clock } from '../runtime/clock.ts'
import { isGone } from './lease-owner.ts'
import type { LeaseHolder } from '../store/store.ts'
import type { LeaseStore } from '../store/leases.ts'
import { sleep } from '../runtime/async.ts'

const TTL_MS = 8_000
const RENEW_MS = 2_500
const LOOK_AGAIN_MS = 200
/** A holder that died on another machine is waited out in this time. */
export const OUTLIVE_MS = TTL_MS + 2_000

export type Lease = ReturnType<typeof createLease>

type OnLost = (error: unknown) => void

interface TakeOptions {
  readonly waitMs: number
  readonly signal: AbortSignal
  readonly onLost: OnLost
}

export interface LeaseParts {
  readonly store: LeaseStore
  readonly siteId: string
  readonly name: string
  /** This process, as `leaseOwner` names it. */
  readonly owner: string
  readonly clock: Clock
  /** What is thrown where another process has it. */
  readonly taken: () => AppError
  /** The error for `onLost` where another process took it over. */
  readonly takenOver: () => AppError
}

/** The right to do something at a site that one process does at a time. */
export function createLease(parts: LeaseParts) {
  const { store, siteId, name, owner, clock, taken, takenOver } = parts
  let held: { readonly ended: AbortController; readonly renewing: Promise<void> } | null = null
  let lost = false

  const renewUntil = async (ended: AbortSignal): Promise<void> => {
    while (await sleep(RENEW_MS, ended, clock)) {
      if (await takeOnce(parts)) continue
      lost = true
      throw takenOver()
    }
  }

  /** As `take`, without waiting: false where another process has it; with `from`, where that one has it no more. */
  const tryTake = async (onLost: OnLost, from: string | null = null): Promise<boolean> => {
    const isTaken = await (from === null ? takeAlsoFromDead(parts) : takeFrom(parts, from))
    if (!isTaken) return false
    lost = false
    const ended = new AbortController()
    held = { ended, renewing: renewUntil(ended.signal).catch(onLost) }
    return true
  }

  return {
    /**
     * Takes it and renews it until it is dropped. `onLost` is called when that fails, because another process took it over
     * while this one was held up, or the store is out of reach. Where another process has it, looks again for `waitMs`
     * and then throws what `taken` makes; one that died on this machine is not waited for.
     */
    async take({ waitMs, signal, onLost }: TakeOptions): Promise<void> {
      const untilMs = elapsedMs(clock) + waitMs
      while (!(await tryTake(onLost))) {
        if (elapsedMs(clock) >= untilMs) throw taken()
        await clock.sleep(LOOK_AGAIN_MS, signal)
      }
    },
    tryTake,
    async drop(): Promise<void> {
      if (held === null) return
      const { ended, renewing } = held
      held = null
      ended.abort()
      await renewing
      await store.dropLease(siteId, name, owner)
    },
    /** True where another process took it over since it was taken here. */
    lost: (): boolean => lost,
    /** The other process that has it right now, and for how long if it does not renew it; null where none has. */
    async otherHolder(): Promise<LeaseHolder | null> {
      const holder = await store.leaseHolder(siteId, name)
      if (holder === null || holder.owner === owner || holder.expiresInMs <= 0) return null
      if (isGone(holder.owner)) return null
      // More than any lease has is left where the clock was set back.
      return { ...holder, expiresInMs: Math.min(holder.expiresInMs, TTL_MS) }
    },
  }
}

/** A holder on this machine is looked at so often, without asking the store. */
const LOOK_FOR_DEATH_MS = 1_000

/**
 * Waits `ms` for a holder's lease to run out, and no longer than its process is there where it is one of this machine; null: for
 * none. Ends with the signal.
 */
export async function outlive(
  { ms, owner }: { readonly ms: number; readonly owner: string | null },
  signal: AbortSignal,
  clock: Clock,
): Promise<void> {
  // Bit by bit, and not until a time: the machine's clock may be set meanwhile.
  for (let left = ms; left > 0 && !signal.aborted; left -= LOOK_FOR_DEATH_MS) {
    if (owner !== null && isGone(owner)) return
    await sleep(Math.min(left, LOOK_FOR_DEATH_MS), signal, clock)
  }
}

/** Takes or renews it: false where another process has it. */
function takeOnce({ store, siteId, name, owner }: LeaseParts): Promise<boolean> {
  return store.takeLease(siteId, name, owner, TTL_MS)
}

/** Takes it from a process that is alive, and ready to give it up. */
function takeFrom({ store, siteId, name, owner }: LeaseParts, from: string): Promise<boolean> {
  return store.passLease(siteId, name, { from, to: owner }, TTL_MS)
}

/** As `takeOnce`, also from a holder that died on this machine. */
async function takeAlsoFromDead(parts: LeaseParts): Promise<boolean> {
  const { store, siteId, name } = parts
  if (await takeOnce(parts)) return true
  const holder = await store.leaseHolder(siteId, name)
  if (holder === null || !isGone(holder.owner)) return false
  // Only the dead one's: where another process was faster, its lease stays, and the next line is refused.
  await store.dropLease(siteId, name, holder.owner)
  return takeOnce(parts)
}

/**
 * Works while holding a lease, waiting for a holder that died. `work` gets a signal that also ends when the lease is
 * lost; then the reason is thrown, whatever the work threw.
 */
export async function withLease<T>(
  lease: Lease,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController()
  await lease.take({ waitMs: OUTLIVE_MS, signal, onLost: (error) => lost.abort(error) })
  try {
    return await work(AbortSignal.any([signal, lost.signal]))
  } catch (error) {
    throw lost.signal.aborted ? lost.signal.reason : error
  } finally {
    // Undropped it runs out by itself; what the work brought or threw is what counts.
    await lease.drop().catch(() => {})
  }
}
