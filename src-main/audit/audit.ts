import type { AuditResult } from '../../src-shared/contract/models.ts'
import type { MinuteSpan } from '../../src-shared/domain/minute.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../runtime/clock.ts'
import type { WatchScope } from '../sync/scope.ts'
import { openJiraSnapshot, type AuditedJira } from './jira-snapshot.ts'
import { createAuditQueue } from './audit-turns.ts'
import { auditRun } from './audit-run.ts'
import { auditSpan } from './audit-span.ts'
import type { AuditedStore, AuditContext } from './audit-context.ts'

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
  const inTurn = createAuditQueue<AuditResult>(parts.clock)
  const context = async (signal: AbortSignal): Promise<AuditContext> => ({
    siteId,
    store,
    scope,
    snapshot: await openJiraSnapshot(parts, signal),
    signal,
  })
  return {
    async run(runId, signal = never()) {
      const run = runId === undefined ? await store.lastRun(siteId) : await store.run(siteId, runId)
      if (run === null) throw notFound(runId)
      return inTurn(run.runId, signal, async (wanted) => auditRun(await context(wanted), run))
    },
    span({ fromMinute, toMinute }, signal = never()) {
      const span = { fromMinute, toMinute }
      return inTurn(`${fromMinute}-${toMinute}`, signal, async (wanted) =>
        auditSpan(await context(wanted), span),
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
