import type { AuditResult } from '../../src-shared/contract/models.ts'
import type { MinuteSpan } from '../../src-shared/domain/minute.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../runtime/clock.ts'
import type { WatchScope } from '../sync/scope.ts'
import { callWitness, type AuditedJira } from './ask-jira.ts'
import { createAuditTurns } from './audit-turns.ts'
import { auditRun } from './audit-run.ts'
import { auditSpan } from './audit-span.ts'
import type { AuditedStore, Auditing } from './auditing.ts'

export interface AuditParts {
  readonly siteId: string
  readonly jira: AuditedJira
  readonly store: AuditedStore
  readonly clock: Clock
  /** What the chart counts: the watched values of one field, of one project or all. */
  readonly scope: WatchScope
}

/**
 * Proves that nothing was lost, or names what was. Jira is asked anew: neither what the ledger nor what the store says
 * of it is taken for true. Nothing is changed by an audit.
 */
export interface Audit {
  /**
   * Compares a run's plan with Jira, with the store, and with the counts that the chart shows. The last run where none
   * is named. Throws `not-found`, `busy` where the store changes all the time, `too-many` where others kept it waiting too
   * long, and whatever Jira and the store throw.
   */
  run(runId?: string, signal?: AbortSignal): Promise<AuditResult>
  /** The same for everything that is watched in a span, whoever made it. */
  span(span: MinuteSpan, signal?: AbortSignal): Promise<AuditResult>
}

export function createAudit(parts: AuditParts): Audit {
  const { siteId, store, scope } = parts
  const inTurn = createAuditTurns<AuditResult>(parts.clock)
  const auditing = async (signal: AbortSignal): Promise<Auditing> => ({
    siteId,
    store,
    scope,
    witness: await callWitness(parts, signal),
    signal,
  })
  return {
    async run(runId, signal = never()) {
      const run = runId === undefined ? await store.lastRun(siteId) : await store.run(siteId, runId)
      if (run === null) throw notFound(runId)
      return inTurn(run.runId, signal, async (wanted) => auditRun(await auditing(wanted), run))
    },
    span({ fromMinute, toMinute }, signal = never()) {
      const span = { fromMinute, toMinute }
      return inTurn(`${fromMinute}-${toMinute}`, signal, async (wanted) =>
        auditSpan(await auditing(wanted), span),
      )
    },
  }
}

function never(): AbortSignal {
  return new AbortController().signal
}

function notFound(runId: string | undefined): AppError {
  return runId === undefined
    ? new AppError('not-found', 'There is no run to audit: none was started in this Jira.', {
        hint: 'Create tickets first.',
      })
    : new AppError('not-found', `There is no run ${runId} here. Nothing was audited.`, {
        hint: 'Leave the run out to audit the last one.',
      })
}
