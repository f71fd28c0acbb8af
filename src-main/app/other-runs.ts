import { isDeepStrictEqual } from 'node:util'
import type { CleanUpService } from '../clean-up/clean-up.ts'
import type { EventHub } from '../../src-shared/contract/client.ts'
import type { CleanUp } from '../../src-shared/contract/runs/clean-up.ts'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { otherRunHolder, RUN_LEASE } from '../generator/run-lease.ts'
import type { Generator } from '../generator/runner.ts'
import { isGone } from '../leases/lease-owner.ts'
import { paced } from '../runtime/async.ts'
import { elapsedMs, type Clock } from '../runtime/clock.ts'
import type { Log } from '../runtime/log.ts'
import type { LeaseStore } from '../store/leases.ts'
import type { StoreConnection } from '../store/store.ts'

/** A run by another instance is published about once a second. */
const PACE = { burst: 1, everyMs: 1_000 }
/** A process that died makes no commit: so often (real ms) the one that works on a run is looked at, without the store. */
const CHECK_HOLDER_MS = 1_000

interface OtherRunsParts {
  readonly store: Pick<StoreConnection, 'onCommit'> & LeaseStore
  readonly siteId: string
  /** Names this process in leases. */
  readonly owner: string
  readonly clock: Clock
  readonly generator: Pick<Generator, 'current' | 'get' | 'works'>
  readonly cleanUp: Pick<CleanUpService, 'last'>
  readonly hub: Pick<EventHub, 'publish' | 'on'>
  readonly log: Pick<Log, 'info'>
}

/** Publishes the progress of runs and clean-ups that another process works on, as it finds it in the store, until the signal's abort. */
export function followOtherRuns(parts: OtherRunsParts, signal: AbortSignal): void {
  const { store, siteId, clock, generator, cleanUp, hub, log } = parts
  let published: RunProgress | null = null
  /** Undefined until it was looked for: the one before is nothing new. */
  let publishedCleanUp: CleanUp | null | undefined
  let holder: { readonly owner: string; readonly untilMs: number } | null = null

  /** How the run stands that was under way when it was looked at last, where it is not the current one any more. */
  const ended = async (current: RunProgress | null): Promise<RunProgress | null> =>
    published?.state === 'running' && published.runId !== current?.runId
      ? generator.get(published.runId)
      : null

  const lookAtCleanUp = async (): Promise<void> => {
    const before = publishedCleanUp
    const found = await cleanUp.last()
    // What was published meanwhile is newer.
    if (signal.aborted || publishedCleanUp !== before) return
    if (found === null || before === undefined) publishedCleanUp = found
    else if (!isDeepStrictEqual(found, before)) hub.publish('clean-up.changed', found)
  }
  const look = async (): Promise<void> => {
    await lookAtCleanUp()
    // One that this process works on is published by its work.
    if (generator.works()) return
    const found = await otherRunHolder(parts)
    const current = await generator.current()
    const shown = [await ended(current), current]
    holder = found && { owner: found.owner, untilMs: elapsedMs(clock) + found.expiresInMs }
    if (signal.aborted || generator.works()) return
    for (const progress of shown)
      if (progress !== null && !isDeepStrictEqual(progress, published)) hub.publish('run.changed', progress)
  }
  // Why the store cannot be read is in the store's own status.
  const lookSoon = paced(
    () => look().catch((err: unknown) => log.info({ err }, 'no look at the runs')),
    PACE,
    signal,
  )
  const timer = setInterval(() => {
    if (holder !== null && (isGone(holder.owner) || elapsedMs(clock) >= holder.untilMs)) lookSoon()
  }, CHECK_HOLDER_MS)
  timer.unref()
  const leave = [
    hub.on('run.changed', (progress) => (published = progress)),
    hub.on('clean-up.changed', (progress) => (publishedCleanUp = progress)),
    store.onCommit(siteId, ['ledger', `lease ${RUN_LEASE}`], lookSoon),
    () => clearInterval(timer),
  ]
  signal.addEventListener('abort', () => leave.forEach((unsubscribe) => unsubscribe()), { once: true })
  lookSoon()
}
