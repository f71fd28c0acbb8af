import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'
import type { SyncStatus } from '../../src-shared/contract/tickets.ts'
import { startTestChild, type ChildJob } from '../process/child.ts'

/** What an instance in a process of its own is to watch. */
export interface BackgroundJob extends ChildJob {
  readonly priorityIds: readonly string[]
  readonly intervalMs: number
  /** Its machine's name. */
  readonly host: string
  /** Whether it takes itself for a process of another machine than the others, so that they cannot know of its death. */
  readonly elsewhere: boolean
}

export type BackgroundWord =
  | { readonly said: 'ready' }
  | { readonly said: 'searched' }
  | { readonly said: 'status'; readonly status: SyncStatus }

export const BACKGROUND_SCRIPT = fileURLToPath(new URL('./run-background.ts', import.meta.url))
const PATIENCE = { timeout: 45_000, interval: 5 }

export type BackgroundProcess = Awaited<ReturnType<typeof startBackground>>

/** Starts an instance in a process of its own, which is killed when the test ends. */
export async function startBackground(script: string, job: BackgroundJob) {
  const child = await startTestChild<BackgroundWord>(script)
  child.tell(job)
  const { host } = job
  const status = (): SyncStatus | null =>
    child.words.findLast((word) => word.said === 'status')?.status ?? null
  const shows = async (wanted: object): Promise<void> => {
    await expect.poll(status, { ...PATIENCE, message: host }).toMatchObject(wanted)
  }
  return {
    ...child,
    host,
    /** The last status that it told; null before the first. */
    status,
    /** Searches of Jira that it was answered. */
    searches: () => child.words.filter(({ said }) => said === 'searched').length,
    /** Resolves when it leads and has fetched. */
    leads: () => shows({ by: null, failure: null, lastSuccessMs: expect.any(Number) }),
    /** Resolves when it follows the instance of that machine. */
    follows: (leader: string) => shows({ by: leader, lastSuccessMs: expect.any(Number) }),
  }
}
