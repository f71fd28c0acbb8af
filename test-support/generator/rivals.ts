import { fileURLToPath } from 'node:url'
import type { RunRequest } from '../../src-shared/contract/runs.ts'
import { startTestChild, type ChildJob } from '../process/child.ts'

/** What one of several processes that work on the same runs is told. */
export interface RivalJob extends ChildJob {
  /** The run to begin; null: to go on with what others left. */
  readonly start: RunRequest | null
}

export type RivalWord =
  | { readonly said: 'ready' }
  | { readonly said: 'works'; readonly runId: string }
  | { readonly said: 'rests' }
  | { readonly said: 'done' }

export const RIVAL_SCRIPT = fileURLToPath(new URL('./run-rival.ts', import.meta.url))

export type Rival = Awaited<ReturnType<typeof startRival>>

/** Starts a process of its own, killed when the test ends. */
export async function startRival(script: string, job: RivalJob) {
  const child = await startTestChild<RivalWord>(script)
  child.tell(job)
  return {
    ...child,
    /** The last thing that it said. */
    last: () => child.words.at(-1)?.said,
    /** The run that it works or worked on; null where it found none. */
    runId: () => child.words.findLast((word) => word.said === 'works')?.runId ?? null,
  }
}
