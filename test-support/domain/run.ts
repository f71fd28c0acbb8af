import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'

/** A run that is done, of 100 tickets in an hour; three were not made. */
export const testRun = {
  runId: 'abcdefgh',
  seed: 7,
  profile: 'steady',
  state: 'done',
  projectKey: 'TPM',
  planned: 100,
  created: 97,
  failed: 0,
  unknown: 0,
  skipped: 0,
  missed: 0,
  removed: 0,
  startMs: 0,
  endMs: 3_600_000,
  rate: 1,
  lateness: null,
} satisfies RunProgress

export const RUNNING = { state: 'running', by: null } as const
export const PAUSED = { state: 'paused', cause: { code: 'requested' } } as const
export const WAITING = {
  state: 'paused',
  cause: { code: 'store-away', error: 'The server is away.' },
} as const
