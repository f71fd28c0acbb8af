import type { RunMinute, RunProgress } from '../../src-shared/contract/models.ts'
import { startOfMinute } from '../../src-shared/domain/minute.ts'
import { isoInstant } from './instants.ts'

type RunFigures = Pick<RunProgress, 'seed' | 'planned' | 'created' | 'failed'> & {
  /** Null for a plan that was only shown. */
  readonly runId: string | null
}

/** What `create-tickets --json` prints. */
export function runDocument(run: RunFigures, minutes: readonly RunMinute[]): unknown {
  return {
    run: run.runId,
    seed: run.seed,
    planned: run.planned,
    created: run.created,
    failed: run.failed,
    minutes: minutes.map(({ minute, planned, created }) => ({
      minute: isoInstant(startOfMinute(minute)),
      planned,
      created,
    })),
  }
}

/** The same for a person, in a line. */
export function runText({ runId, seed, planned, created, failed, unknown }: RunProgress): string {
  const amiss = `${failed > 0 ? `, ${failed} failed` : ''}${unknown > 0 ? `, ${unknown} unknown` : ''}`
  return `Run ${runId}, seed ${seed}: ${created} of ${planned} tickets created${amiss}.`
}
