import { randomUUID } from 'node:crypto'
import type { PauseReason } from '../../src-shared/contract/runs/runs.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Lease } from '../leases/lease.ts'
import type { RequestedState, Run } from '../store/ledger/ledger.ts'
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
  /** As it was stored when this process read or wrote it last, and where it stands by that row. */
  let run = parts.run
  let stored = standingOf(run)
  const { apply, replace, ...standing } = createStanding(stored)
  /** Names the next write. It is kept until that is confirmed: an answer may be lost, and the write done all the same. */
  let revision = randomUUID()
  let stoodSinceMs = siteTime.now()
  /** Whether a row is as this process has left it. */
  const isAsLeft = (row: Run): boolean => row.revision === run.revision || row.revision === revision
  return {
    ...standing,
    run: (): Run => run,
    isWritten: (): boolean => standing.current() === stored,
    /** The site's clock since when the run stands still. */
    stoodSinceMs: (): number => stoodSinceMs,
    fail(error: unknown) {
      // What stops because the run does is no reason why it does.
      if (standing.sending.aborted && error instanceof Error && error.name === 'AbortError') return
      if (!(error instanceof AppError)) log.error({ err: error, runId }, 'a run was paused by a bug')
      standing.suspend(reasonOfError(error, !parts.lease.lost()))
    },
    /** Does what was asked of the run in another process, also by having brought it to rest. Throws as the store. */
    async obey() {
      const row = await store.run(siteId, runId)
      if (row === null || (!isActive(row) && isAsLeft(row))) return
      const requested = isActive(row) ? row.requested : row.state === 'paused' ? 'pause' : 'stop'
      if (requested !== null) standing.request(requested)
    },
    /** No request is under way any more; so many slots are open. `sinceMs`: since when the run stands still. */
    drained(open: number, sinceMs: number) {
      stoodSinceMs = sinceMs
      apply({ kind: 'drained', open })
    },
    isAsLeft,
    /** Writes it down. False where another process has moved the run on, or the store is away. */
    async save(): Promise<boolean> {
      const saving = standing.current()
      if (waitsForStore(saving)) return false
      const written = { reason: storedReason(saving), revision, seen: run.revision }
      const asked = requestedBy(saving)
      try {
        const isOurs = await store.setRunState(siteId, runId, saving.state, stoodSinceMs, asked, written)
        const row = isOurs ? null : await store.run(siteId, runId)
        stored = saving
        if (isOurs)
          run = { ...run, ...written, state: saving.state, stateSinceMs: stoodSinceMs, requested: asked }
        if (row !== null && isEnded(row)) replace((stored = standingOf(row)))
        revision = randomUUID()
        return isOurs
      } catch (error) {
        log.warn({ err: error, runId }, 'the end of a run could not be written down')
        return false
      }
    },
    /** It is written no more: another process takes care of the run. */
    release: () => replace(stored),
  }
}

/** Where a run stands by what has happened to it. */
function createStanding(first: Standing) {
  const sending = new AbortController()
  const signal: AbortSignal = sending.signal
  let standing = first
  let failure: PauseReason | null = null
  const apply = (event: RunEvent): void => {
    standing = nextStanding(standing, event)
    if (event.kind !== 'drained') sending.abort()
  }
  return {
    /** Aborted when no further slot is to be sent. */
    sending: signal,
    current: (): Standing => standing,
    /** What went first wrong. */
    failure: (): PauseReason | null => failure,
    /** Whether a person asked for the run to go on no more. */
    isRequested: (): boolean => requestedBy(standing) !== null,
    apply,
    request: (requested: RequestedState): void => apply({ kind: 'requested', requested }),
    suspend(reason: PauseReason) {
      failure ??= reason
      apply({ kind: 'suspended', reason })
    },
    /** By what is stored: what has happened to it here does not count any more. */
    replace: (stored: Standing): void => void (standing = stored),
  }
}

/** What a person asked for, where that is why a run stands so. */
function requestedBy(standing: Standing): RequestedState | null {
  if (standing.state === 'stopping' || standing.state === 'stopped') return 'stop'
  return 'reason' in standing && standing.reason.code === 'requested' ? 'pause' : null
}
