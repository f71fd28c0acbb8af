import { randomInt } from 'node:crypto'
import type { RunRequest } from '../../src-shared/contract/models.ts'
import { requestedTimes, writtenTimes } from '../../src-shared/domain/plan-times.ts'
import { MAX_SEED } from '../../src-shared/domain/run-bounds.ts'
import { planRun, type RunPlan } from '../../src-shared/domain/run-plan.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { NewRun, Run } from '../store/store.ts'
import { newRunId } from './marks.ts'
import { USUAL_FIELD, type GeneratorParts } from './parts.ts'
import { chooseTargets, type WeighedTarget } from './run-target.ts'

/** A run as it would be: everything but its start. */
export interface DraftRun {
  readonly seed: number
  readonly rate: number
  /** In its written form; `replay` and the file's name. */
  readonly profile: string
  /** The projects that get its tickets. */
  readonly targets: readonly WeighedTarget[]
  readonly plan: RunPlan
}

/**
 * Works out a run without beginning it. Throws `usage` where the request cannot be met, and what `chooseTargets` throws
 * where Jira does not let us create such tickets.
 */
export async function draftRun(
  { jira, projectKey, watchedField = USUAL_FIELD, compress }: GeneratorParts,
  request: RunRequest,
  signal: AbortSignal,
): Promise<DraftRun> {
  const rate = request.compress ?? 1
  if (rate !== 1 && compress === undefined) throw cannotCompress()
  const times = requestedTimes(request)
  const targets = await chooseTargets(
    jira,
    {
      projects: request.projects,
      wantedKey: request.projectKey ?? projectKey ?? null,
      field: watchedField,
      types: request.types,
    },
    signal,
  )
  const seed = request.seed ?? randomInt(MAX_SEED + 1)
  const projects = Object.fromEntries(targets.map((target) => [target.projectKey, target.weight]))
  const plan = planRun({ ...times, seed, weights: request.weights, types: request.types, projects, targets })
  return { seed, rate, profile: writtenTimes(times), targets, plan }
}

/** Writes a drafted run and its slots into the ledger, from now on. */
export async function storeRun({ siteId, store, siteTime }: GeneratorParts, draft: DraftRun): Promise<Run> {
  const { seed, rate, profile, targets, plan } = draft
  const startMs = siteTime.now()
  const run: NewRun = {
    siteId,
    runId: newRunId(),
    projectKey: targets.map((target) => target.projectKey).join(', '),
    seed,
    planned: plan.slots.length,
    startMs,
    endMs: startMs + plan.spanMs,
    rate,
    profile,
    state: 'running',
    createdAtMs: startMs,
  }
  const slots = plan.slots.map(({ offsetMs, ...slot }) => ({ ...slot, plannedMs: startMs + offsetMs }))
  await store.createRun(run, slots)
  return { ...run, stateSinceMs: startMs, wish: null, shiftedMs: 0 }
}

export function cannotCompress(): AppError {
  return new AppError(
    'usage',
    'A run in a real Jira cannot be compressed, because Jira stamps the time of creation itself. No ticket was made.',
    { hint: 'Leave --compress out, give fewer minutes, or use the sandbox (--jira sandbox).' },
  )
}
