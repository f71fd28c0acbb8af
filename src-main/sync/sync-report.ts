import type { EventHub } from '../../src-shared/contract/hub.ts'
import type { SyncResult, SyncStatus } from '../../src-shared/contract/models.ts'
import { AppError, toWireError } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { failureDelayMs, needsPerson } from './failure-policy.ts'

/** What is known besides the result when a fetch has succeeded. */
interface AfterFetch {
  readonly indexLagMs: number | null
  readonly storedTickets: number
}

export type SyncProgress = NonNullable<SyncStatus['progress']>

/** Real milliseconds between two tellings of the progress. */
const PROGRESS_EVERY_MS = 250

/** Keeps the status that windows show, tells them of each change, and knows when the next fetch is due. */
export interface SyncReport {
  status(): SyncStatus
  /** From now on fetches follow each other by themselves, so that the status has a next one. */
  runsByItself(): void
  began(): void
  /** What an earlier session had stored, until a fetch of this one tells. */
  found(storedTickets: number): void
  /** How far a first fetch in pieces is. It stays in the status until a fetch has succeeded. */
  progressed(progress: SyncProgress): void
  succeeded(result: SyncResult, after: AfterFetch): void
  failed(error: unknown): void
  /** Milliseconds until the next fetch, null while it waits for the person. */
  delayMs(): number | null
}

interface ReportOptions {
  readonly hub: Pick<EventHub, 'publish'>
  readonly clock: Clock
  readonly intervalMs: number
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>
}

const NEVER_FETCHED: SyncStatus = {
  state: 'idle',
  lastSuccessMs: null,
  lastInserted: 0,
  nextMs: null,
  indexLagMs: null,
  storedTickets: 0,
  progress: null,
  failure: null,
}

export function createSyncReport({ hub, clock, intervalMs, log }: ReportOptions): SyncReport {
  let status = NEVER_FETCHED
  let failures = 0
  let delayMs: number | null = intervalMs
  let byItself = false
  let progressToldMs = 0
  let beganMs = 0

  const show = (change: Partial<SyncStatus>): void => {
    const nextMs = byItself && change.state !== 'fetching' && delayMs !== null ? clock.now() + delayMs : null
    status = { ...status, nextMs, ...change }
    hub.publish('sync.changed', status)
  }

  return {
    status: () => status,
    runsByItself: () => void (byItself = true),
    began() {
      beganMs = clock.now()
      show({ state: 'fetching' })
    },
    found: (storedTickets) => void (storedTickets > 0 && show({ state: 'fetching', storedTickets })),
    progressed(progress) {
      status = { ...status, progress }
      const isWhole = progress.done >= progress.total
      if (!isWhole && clock.now() - progressToldMs < PROGRESS_EVERY_MS) return
      progressToldMs = clock.now()
      show({ state: 'fetching', storedTickets: progress.done })
    },
    succeeded(result, after) {
      if (failures > 0) log.info({ failures, ...result }, 'fetching works again')
      failures = 0
      delayMs = intervalMs
      show({
        state: 'idle',
        lastSuccessMs: clock.now(),
        lastInserted: result.inserted,
        failure: null,
        progress: null,
        ...after,
      })
    },
    failed(error) {
      if (isStop(error)) return show({ state: 'idle' })
      const { code, message, hint } = toWireError(error)
      if (error instanceof AppError) log.warn({ code }, message)
      else log.error({ err: error }, 'a fetch failed by a bug')
      failures += 1
      const stays = needsPerson(error)
      delayMs = stays ? null : failureDelayMs(failures, intervalMs, error)
      const sinceMs = status.failure?.sinceMs ?? beganMs
      show({ state: stays ? 'stopped' : 'failing', failure: { sinceMs, code, message, hint } })
    },
    delayMs: () => delayMs,
  }
}

function isStop(error: unknown): boolean {
  return error instanceof AppError && error.code === 'cancelled'
}
