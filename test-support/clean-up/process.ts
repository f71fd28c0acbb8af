import { fileURLToPath } from 'node:url'
import { startTestChild, type ChildJob } from '../process/child.ts'

/** What a process of its own is told to clean up. */
export interface CleanUpJob extends ChildJob {
  readonly kind: 'cloud' | 'data-center'
  readonly runId: string
}

/** What it says, a line each. */
export type CleanUpWord =
  | { readonly said: 'ready' }
  | { readonly said: 'busy' } // another process works on it; it tries again
  | { readonly said: 'deleted'; readonly deleted: number; readonly total: number }
  | { readonly said: 'ended'; readonly state: string; readonly deleted: number }

export const CLEAN_UP_SCRIPT = fileURLToPath(new URL('./run-clean-up.ts', import.meta.url))

export type CleanUpProcess = Awaited<ReturnType<typeof startCleanUp>>

/** Starts a process of its own, killed when the test ends. */
export async function startCleanUp(script: string, job: CleanUpJob) {
  const child = await startTestChild<CleanUpWord>(script)
  child.tell(job)
  return { ...child, last: () => child.words.at(-1) ?? { said: 'ready' } }
}
