import type { SyncResult } from '../../src-shared/contract/models.ts'
import type { Fetching } from './fetch-parts.ts'
import { fetchWalk } from './fetch-walk.ts'
import { changedJql } from './jql.ts'
import { wholeMinute } from './scope.ts'

/** Fetches what changed since the watermark (site epoch ms) less the look-back. */
export function fetchChanges(
  fetching: Fetching,
  watermarkMs: number,
  signal: AbortSignal,
): Promise<SyncResult> {
  const { scope, own, lag } = fetching
  const lookBackMs = lag.lookBackMs()
  const walk = {
    fromMs: wholeMinute(Math.min(watermarkMs - lookBackMs, own.oldestUnseenMs() ?? watermarkMs)),
    jqlFrom: (fromMs: number) => changedJql(scope, fromMs),
    timeOf: ({ updatedMs }: { updatedMs: number }) => updatedMs,
    settledAfterMs: lookBackMs,
    reconcileIds: own.toReconcile(),
  }
  return fetchWalk(fetching, walk, watermarkMs, signal)
}
