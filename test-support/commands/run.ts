import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import { testRun } from '../domain/run.ts'

/** A run under way, as the core tells it. */
export const TOLD_RUN = {
  ...testRun,
  runId: 'abcd1234',
  seed: 1,
  state: 'running',
  by: null,
  planned: 20,
  created: 5,
  endMs: 60_000,
} satisfies RunProgress
