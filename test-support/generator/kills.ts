import { fileURLToPath } from 'node:url'
import type { ResumeRequest, RunRequest } from '../../src-shared/contract/runs.ts'
import { startTestChild, type Child, type ChildJob } from '../process/child.ts'

/** Where a process may be killed while it works on a slot, in the order in which it passes them. */
export const BOUNDARIES = ['planned', 'written', 'sent', 'answered', 'recorded'] as const
export type Boundary = (typeof BOUNDARIES)[number]

/** What a process is told that works on a run until it is killed. */
export interface MortalJob extends ChildJob {
  /** The run to begin; null: to go on with the last one. */
  readonly start: RunRequest | null
  readonly missed: NonNullable<ResumeRequest['missed']>
  /** Where it holds its breath, and at which pass; null: nowhere. */
  readonly stopAt: { readonly boundary: Boundary; readonly nth: number } | null
  /** Real milliseconds: see `GeneratorParts`, and for one call to Jira. */
  readonly inFlightMs: number
  readonly timeoutMs: number
}

export type MortalWord =
  | { readonly said: 'ready' }
  | { readonly said: 'works'; readonly runId: string }
  | { readonly said: 'there' }
  | { readonly said: 'done' }

export type Mortal = Child<MortalWord>

export const MORTAL_SCRIPT = fileURLToPath(new URL('./run-mortal.ts', import.meta.url))

/** Gives processes of their own, killed when the test ends. One is always started ahead: that takes its time. */
export function createMortals(script: string): (job: MortalJob) => Promise<Mortal> {
  let ready = startTestChild<MortalWord>(script)
  return async (job) => {
    const mortal = await ready
    ready = startTestChild(script)
    mortal.tell(job)
    return mortal
  }
}
