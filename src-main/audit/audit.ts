import type { AuditResult } from '../../src-shared/contract/models.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Jira } from '../jira/jira.ts'
import type { CountsScope, Run, Store } from '../store/store.ts'
import { readCharted } from './charted.ts'
import { findExtra, findMissing } from './differences.ts'
import { readIndexed } from './indexed.ts'

export interface AuditParts {
  readonly siteId: string
  readonly jira: Jira
  readonly store: Store
  /** What the chart counts: the watched priorities, of one project or all. */
  readonly scope: CountsScope
}

export interface Audit {
  /**
   * Compares a run's plan with Jira, asked anew, with the store, and with the counts that the chart shows. The last run
   * where none is named. Throws `not-found`, and whatever Jira and the store throw.
   */
  run(runId?: string, signal?: AbortSignal): Promise<AuditResult>
}

export function createAudit({ siteId, jira, store, scope }: AuditParts): Audit {
  return {
    async run(runId, signal = new AbortController().signal) {
      const run = runId === undefined ? await store.lastRun(siteId) : await store.run(siteId, runId)
      if (run === null) throw notFound(runId)
      return auditRun({ jira, store, scope, run, signal })
    },
  }
}

interface RunAudit {
  readonly jira: Jira
  readonly store: Store
  readonly scope: CountsScope
  readonly run: Run
  readonly signal: AbortSignal
}

async function auditRun({ jira, store, scope, run, signal }: RunAudit): Promise<AuditResult> {
  const slots = await store.slots(run.siteId, run.runId)
  const watchedIds = new Set(scope.priorityIds)
  const made = slots.filter(({ state }) => state === 'created')
  const ids = made.flatMap(({ issueId, priorityId }) =>
    issueId !== null && watchedIds.has(priorityId) ? [issueId] : [],
  )
  const indexed = await readIndexed(jira, run.runId, ids, signal)
  const charted = await readCharted(store, run, scope, ids)

  const findings = { run, slots, indexed, charted, watchedIds }
  const found = new Set(indexed.found.map(({ id }) => id))
  const result = {
    run: run.runId,
    planned: slots.length,
    created: made.length,
    watched: ids.length,
    indexed: ids.filter((id) => found.has(id)).length,
    fetched: charted.fetched.length,
    charted: charted.charted,
    missing: findMissing(findings),
    extra: findExtra(findings),
  }
  return { ...result, ok: agrees(result) }
}

function agrees(result: Omit<AuditResult, 'ok'>): boolean {
  const { planned, created, watched, indexed, fetched, charted, missing, extra } = result
  const counted = [indexed, fetched, charted].every((count) => count === watched)
  return planned === created && counted && missing.length === 0 && extra.length === 0
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
