import type { AuditResult } from '../../src-shared/contract/runs/audit.ts'
import { isoInstant, startOfMinute, type MinuteSpan } from '../../src-shared/domain/minute.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../runtime/clock.ts'
import type { WatchScope } from '../sync/scope.ts'
import { longReads, type StoredReads } from '../store/long-reads.ts'
import type { Store } from '../store/store.ts'
import type { AuditContext } from './audit-context.ts'
import { auditRun, auditSpan } from './compare.ts'
import { openJiraSnapshot, type AuditedJira } from './jira-snapshot.ts'
import { limit, orAbort, sleep } from '../runtime/async.ts'

interface AuditParts {
  readonly siteId: string
  readonly jira: AuditedJira
  readonly store: StoredReads & Pick<Store, 'longReads'>
  readonly clock: Clock
  /** What the chart counts: the watched values of one field, of one project or all. */
  readonly scope: WatchScope
}

/** Each holds a run's ledger and what Jira says of it in memory. */
const MAX_AUDITS = 2

/** So long (real ms) one waits for its turn. */
const LONGEST_WAIT_MS = 30_000

/**
 * Proves that nothing was lost, or names what was. Jira is asked anew: neither what the ledger nor what the store says
 * of it is taken for true. Nothing is changed by an audit.
 */
export function createAudit(parts: AuditParts) {
  const { siteId, store, scope } = parts
  const inTurn = createAuditQueue<AuditResult>(parts.clock)
  /** Of a replica nothing may be missing that the primary has: an audit would call it lost. */
  const audited = async (
    signal: AbortSignal,
    work: (context: AuditContext) => Promise<AuditResult>,
  ): Promise<AuditResult> => {
    const { reads, asOf } = longReads(store, 'current')
    const snapshot = await openJiraSnapshot(parts, signal)
    const result = await work({ siteId, store: reads, scope, snapshot, signal })
    const found = asOf()
    return found === undefined ? result : { ...result, asOf: found }
  }
  /** Retention is no loss, and no proof either. */
  const refuseDeleted = async (fromMs: number): Promise<void> => {
    const keptFromMs = await store.keptFromMs(siteId)
    if (fromMs < keptFromMs) throw deleted(keptFromMs)
  }
  return {
    /**
     * Compares a run's plan with Jira, with the store, and with the counts that the chart shows. The last run where none
     * is named. Throws `not-found`, also where its tickets are no longer kept, `busy` where the store changes all the time, `too-many` where others kept it waiting
     * too long, and whatever Jira and the store throw.
     */
    async run(runId?: string, signal = never()): Promise<AuditResult> {
      const run = runId === undefined ? await store.lastRun(siteId) : await store.run(siteId, runId)
      if (run === null) throw notFound(runId)
      await refuseDeleted(run.startMs)
      return inTurn(run.runId, signal, (wanted) => audited(wanted, (context) => auditRun(context, run)))
    },
    /** The same for everything that is watched in a span, by whatever it was made. */
    async span({ fromMinute, toMinute }: MinuteSpan, signal = never()): Promise<AuditResult> {
      await refuseDeleted(startOfMinute(fromMinute))
      const span = { fromMinute, toMinute }
      return inTurn(`${fromMinute}-${toMinute}`, signal, (wanted) =>
        audited(wanted, (context) => auditSpan(context, span)),
      )
    },
  }
}
export type Audit = ReturnType<typeof createAudit>

function never(): AbortSignal {
  return new AbortController().signal
}

function deleted(keptFromMs: number): AppError {
  return new AppError(
    'not-found',
    `Retention deleted the tickets that were created before ${isoInstant(keptFromMs)} from this store, so what was then can be compared no more.`,
    {
      consequence: 'Nothing was audited.',
      hint: 'What was planned and made is still in the ledger (jira-tpm runs), and the tickets are in Jira.',
    },
  )
}

function notFound(runId: string | undefined): AppError {
  return runId === undefined
    ? new AppError('not-found', 'There is no run to audit: none was started in this Jira.', {
        hint: 'Create tickets first.',
      })
    : new AppError('not-found', `There is no run ${runId} here.`, {
        consequence: 'Nothing was audited.',
        hint: 'Leave the run out to audit the last one.',
      })
}

interface Shared<T> {
  readonly done: Promise<T>
  readonly abandoned: AbortController
  waiting: number
}

/**
 * Does work that takes much memory, a few at once. Throws `too-many` where there was no turn in time.
 * Who asks for the same `key` before its work has begun gets the same result: each was worked out after it was asked
 * for. Work is given up when all who waited have left.
 */
export function createAuditQueue<T>(clock: Pick<Clock, 'sleep'>) {
  const next = new Map<string, Shared<T>>()
  const audits = limit(MAX_AUDITS)

  const begin = (key: string, work: (signal: AbortSignal) => Promise<T>): Shared<T> => {
    const abandoned = new AbortController()
    const { signal } = abandoned
    const tooLong = new AbortController()
    const begun = new AbortController()
    void sleep(LONGEST_WAIT_MS, begun.signal, clock).then((over) => over && tooLong.abort(noTurn()))
    const leave = (): void => {
      begun.abort()
      if (next.get(key) === shared) next.delete(key)
    }
    const inTurn = (): Promise<T> => {
      leave()
      return work(signal)
    }
    const done = audits(inTurn, AbortSignal.any([signal, tooLong.signal])).finally(leave)
    done.catch(() => {}) // each waiting caller gets the error
    const shared = { done, abandoned, waiting: 0 }
    next.set(key, shared)
    return shared
  }
  return async (key: string, signal: AbortSignal, work: (signal: AbortSignal) => Promise<T>): Promise<T> => {
    signal.throwIfAborted()
    const shared = next.get(key) ?? begin(key, work)
    shared.waiting += 1
    const leave = (): void => {
      shared.waiting -= 1
      if (shared.waiting > 0) return
      if (next.get(key) === shared) next.delete(key)
      shared.abandoned.abort(signal.reason)
    }
    signal.addEventListener('abort', leave, { once: true })
    try {
      return await orAbort(shared.done, signal)
    } finally {
      signal.removeEventListener('abort', leave)
    }
  }
}

function noTurn(): AppError {
  return new AppError('too-many', `${MAX_AUDITS} audits are under way, and others wait.`, {
    consequence: 'This one was not begun; nothing was changed.',
    hint: 'Ask again when they have ended.',
    retryable: true,
  })
}
