import type { SyncResult } from '../../src-shared/contract/models.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { NO_METRICS, type Metrics } from '../metrics/metrics.ts'

type Pass = (signal: AbortSignal) => Promise<SyncResult>

/** Tells how each pass of fetching ended, and how long it took (real seconds). */
export function measureFetches(pass: Pass, { fetches }: Pick<Metrics, 'fetches'> = NO_METRICS): Pass {
  return async (signal) => {
    const beganMs = performance.now()
    const told = (outcome: 'done' | 'failed' | 'cancelled'): void =>
      fetches.observe({ outcome }, (performance.now() - beganMs) / 1_000)
    try {
      const result = await pass(signal)
      told('done')
      return result
    } catch (error) {
      told(error instanceof AppError && error.code === 'cancelled' ? 'cancelled' : 'failed')
      throw error
    }
  }
}
