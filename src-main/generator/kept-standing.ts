import { randomUUID } from 'node:crypto'
import type { PauseReason } from '../../src-shared/contract/runs.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Lease } from '../leases/lease.ts'
import type { RequestedState, Run } from '../store/ledger.ts'
import type { GeneratorParts } from './parts.ts'
import {
  isActive,
  isEnded,
  nextStanding,
  reasonOfError,
  standingOf,
  storedReason,
  waitsForStore,
  type RunEvent,
  type Standing,
} from './run-state.ts'

interface KeptParts extends Pick<GeneratorParts, 'store' | 'siteId' | 'siteTime' | 'log'> {
  readonly run: Run
  readonly lease: Pick<Lease, 'lost'>
}

export type KeptStanding = ReturnType<typeof keepStanding>

/** Where a run stands by the process that works on it, which writes it to the store when it can. */
export function keepStanding({ store, siteId, siteTime, log, ...parts }: KeptParts) {
  const { runId } = parts.run
  const sending = new AbortController()
  const signal: AbortSignal = sending.signal
  /** As it was stored when this process read or wrote it last; where it stands by now, and by that row. */
  let run = parts.run
  let standing = standingOf(run)
  let stored = standing
  /** Names the next write. It is kept until that is confirmed: an answer may be lost, and the write done all the same. */
  let revision = randomUUID()
  let failure: PauseReason | null = null
  let stoodSinceMs = siteTime.now()

  const apply = (event: RunEvent): void => {
    standing = nextStanding(standing, event)
    if (event.kind !== 'drained') sending.abort()
  }
  const request = (requested: RequestedState): void => apply({ kind: 'requested', requested })
  const suspend = (reason: PauseReason): void => {
    failure ??= reason
    apply({ kind: 'suspended', reason })
  }
  /** Whether a row is as this process has left it. */
  const isAsLeft = (row: Run): boolean => row.revision === run.revision || row.revision === revision
  return {
    /** Aborted when no further slot is to be sent. */
    sending: signal,
    run: (): Run => run,
    current: (): Standing => standing,
    isWritten: (): boolean => standing === stored,
    /** The site's clock since when the run stands still. */
    stoodSinceMs: (): number => stoodSinceMs,
    /** What went first wrong. */
    failure: (): PauseReason | null => failure,
    /** Whether a person asked for the run to go on no more. */
    isRequested: (): boolean => requestedBy(standing) !== null,
    request,
    suspend,
    fail(error: unknown) {
      const isBug = !(error instanceof AppError) && !sending.signal.aborted
      if (isBug) log.error({ err: error, runId }, 'a run was paused by a bug')
      suspend(reasonOfError(error, !parts.lease.lost()))
    },
    /** Does what was asked of the run in another process, also by having brought it to rest. Throws as the store. */
    async obey() {
      const row = await store.run(siteId, runId)
      if (row === null || (!isActive(row) && isAsLeft(row))) return
      const requested = isActive(row) ? row.requested : row.state === 'paused' ? 'pause' : 'stop'
      if (requested !== null) request(requested)
    },
    /** No request is under way any more; so many slots are open. `sinceMs`: since when the run stands still. */
    drained(open: number, sinceMs: number) {
      stoodSinceMs = sinceMs
      apply({ kind: 'drained', open })
    },
    isAsLeft,
    /** Writes it down. False where another process has moved the run on, or the store is away. */
    async save(): Promise<boolean> {
      const saving = standing
      if (waitsForStore(saving)) return false
      const written = { reason: storedReason(saving), revision, seen: run.revision }
      const asked = requestedBy(saving)
      try {
        const isOurs = await store.setRunState(siteId, runId, saving.state, stoodSinceMs, asked, written)
        const row = isOurs ? null : await store.run(siteId, runId)
        stored = saving
        if (isOurs)
          run = { ...run, ...written, state: saving.state, stateSinceMs: stoodSinceMs, requested: asked }
        if (row !== null && isEnded(row)) stored = standing = standingOf(row)
        revision = randomUUID()
        return isOurs
      } catch (error) {
        log.warn({ err: error, runId }, 'the end of a run could not be written down')
        return false
      }
    },
    /** It is written no more: another process takes care of the run. */
    release() {
      standing = stored
    },
  }
}

/** What a person asked for, where that is why a run stands so. */
function requestedBy(standing: Standing): RequestedState | null {
  if (standing.state === 'stopping' || standing.state === 'stopped') return 'stop'
  return 'reason' in standing && standing.reason.code === 'requested' ? 'pause' : null
}
