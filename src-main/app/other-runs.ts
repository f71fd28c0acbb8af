import { isDeepStrictEqual } from 'node:util'
import type { EventHub } from '../../src-shared/contract/client.ts'
import type { RunProgress } from '../../src-shared/contract/runs.ts'
import { RUN_LEASE } from '../generator/run-lease.ts'
import type { Generator } from '../generator/runner.ts'
import { paced } from '../runtime/async.ts'
import type { Log } from '../runtime/log.ts'
import type { StoreConnection } from '../store/store.ts'

/** A run by another instance is published about once a second. */
const PACE = { burst: 1, everyMs: 1_000 }
/** A run whose process died makes no commit: while one is under way it is looked at so often, too (real ms). */
const LOOK_AGAIN_MS = 5_000

interface OtherRunsParts {
  readonly store: Pick<StoreConnection, 'onCommit'>
  readonly siteId: string
  readonly generator: Pick<Generator, 'current' | 'works'>
  readonly hub: Pick<EventHub, 'publish' | 'on'>
  readonly log: Pick<Log, 'info'>
}

/** Publishes the progress of runs that another process works on, as it finds it in the store, until the signal's abort. */
export function followOtherRuns(parts: OtherRunsParts, signal: AbortSignal): void {
  const { store, siteId, generator, hub, log } = parts
  let published: RunProgress | null = null

  const look = async (): Promise<void> => {
    // One that this process works on is published by its work.
    if (generator.works()) return
    const progress = await generator.current()
    if (progress === null || signal.aborted || generator.works()) return
    if (!isDeepStrictEqual(progress, published)) hub.publish('run.changed', progress)
  }
  // Why the store cannot be read is in the store's own status.
  const lookSoon = paced(
    () => look().catch((err: unknown) => log.info({ err }, 'no look at the runs')),
    PACE,
    signal,
  )
  const timer = setInterval(() => {
    if (published?.state === 'running' && !generator.works()) lookSoon()
  }, LOOK_AGAIN_MS)
  timer.unref()
  const leave = [
    hub.on('run.changed', (progress) => (published = progress)),
    store.onCommit(siteId, ['ledger', `lease ${RUN_LEASE}`], lookSoon),
    () => clearInterval(timer),
  ]
  signal.addEventListener('abort', () => leave.forEach((unsubscribe) => unsubscribe()), { once: true })
  lookSoon()
}
