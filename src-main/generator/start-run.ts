import { randomInt } from 'node:crypto'
import type { RunRequest } from '../../src-shared/contract/models.ts'
import {
  DEFAULT_COUNT,
  DEFAULT_MINUTES,
  MAX_SEED,
  planRun,
  type RunPlan,
} from '../../src-shared/domain/run-plan.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { NewRun, Run } from '../store/store.ts'
import { newRunId } from './marks.ts'
import { USUAL_FIELD, type GeneratorParts } from './parts.ts'
import { chooseTarget, type RunTarget } from './run-target.ts'

/** A run as it would be: everything but its start. */
export interface DraftRun {
  readonly seed: number
  readonly rate: number
  readonly target: RunTarget
  readonly plan: RunPlan
}

/**
 * Works out a run without beginning it. Throws `usage` where the request cannot be met, and what `chooseTarget` throws
 * where Jira does not let us create such tickets.
 */
export async function draftRun(
  { jira, projectKey, watchedField = USUAL_FIELD, compress }: GeneratorParts,
  request: RunRequest,
  signal: AbortSignal,
): Promise<DraftRun> {
  const rate = request.compress ?? 1
  if (rate !== 1 && compress === undefined) throw cannotCompress()
  const target = await chooseTarget(
    jira,
    { wantedKey: request.projectKey ?? projectKey ?? null, field: watchedField },
    signal,
  )
  const seed = request.seed ?? randomInt(MAX_SEED + 1)
  const plan = planRun({
    count: request.count ?? DEFAULT_COUNT,
    minutes: request.minutes ?? DEFAULT_MINUTES,
    seed,
    weights: request.weights,
    priorities: target.priorities,
  })
  return { seed, rate, target, plan }
}

/** Writes a drafted run and its slots into the ledger, from now on. */
export async function storeRun({ siteId, store, siteTime }: GeneratorParts, draft: DraftRun): Promise<Run> {
  const { seed, rate, target, plan } = draft
  const startMs = siteTime.now()
  const run: NewRun = {
    siteId,
    runId: newRunId(),
    projectKey: target.projectKey,
    seed,
    planned: plan.slots.length,
    startMs,
    endMs: startMs + plan.spanMs,
    rate,
    state: 'running',
    createdAtMs: startMs,
  }
  const slots = plan.slots.map(({ slot, offsetMs, priorityId }) => ({
    slot,
    plannedMs: startMs + offsetMs,
    priorityId,
  }))
  await store.createRun(run, slots)
  return { ...run, stateSinceMs: startMs }
}

export function cannotCompress(): AppError {
  return new AppError(
    'usage',
    'A run in a real Jira cannot be compressed, because Jira stamps the time of creation itself. No ticket was made.',
    { hint: 'Leave --compress out, give fewer minutes, or use the sandbox (--jira sandbox).' },
  )
}
