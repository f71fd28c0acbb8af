import type { RunProgress } from '../../src-shared/contract/runs.ts'

/** A run under way, as the core tells it. */
export const TOLD_RUN = {
  runId: 'abcd1234',
  seed: 1,
  profile: 'steady',
  state: 'running',
  by: null,
  projectKey: 'TPM',
  planned: 20,
  created: 5,
  failed: 0,
  unknown: 0,
  skipped: 0,
  missed: 0,
  removed: 0,
  startMs: 0,
  endMs: 60_000,
  rate: 1,
  lateness: null,
} satisfies RunProgress
