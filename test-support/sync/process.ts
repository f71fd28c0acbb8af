import { fileURLToPath } from 'node:url'
import type { StoreConfig } from '../../src-main/config/config.ts'
import { startChild, type ChildJob } from '../process/child.ts'

/** What a process of its own is told to fetch, and into which store. */
export interface SyncJob extends ChildJob {
  readonly kind: 'fetch' | 'census'
  readonly priorityIds: readonly string[]
  /** Where it fetches some tickets into first, so that its memory is that of a process that fetches. */
  readonly warmUp?: StoreConfig
}

/** What it says, a line each. Memory in bytes; `requests` counts calls to Jira since it began. */
export type SyncWord =
  | { readonly said: 'ready' }
  | { readonly said: 'began' }
  | {
      readonly said: 'progress'
      readonly done: number
      readonly total: number
      readonly rss: number
      readonly requests: number
    }
  | {
      readonly said: 'ended'
      readonly inserted: number
      readonly storedTickets: number
      readonly requests: number
      readonly tookMs: number
      readonly beganRss: number
      readonly peakRss: number
    }

/** Where a kill met a process: before it asked Jira anything, in its work or after it. */
export type Moment = 'before' | 'in' | 'after'

export const SYNC_SCRIPT = fileURLToPath(new URL('./run-sync.ts', import.meta.url))

/** Starts a process that has loaded everything and waits for its job when it says `ready`. */
export function startSyncProcess({
  script = SYNC_SCRIPT,
  nodeArgs = [],
}: { readonly script?: string; readonly nodeArgs?: readonly string[] } = {}) {
  const child = startChild<SyncWord>(script, nodeArgs)
  return {
    ...child,
    /** Lets it begin. */
    go: (job: SyncJob) => child.tell(job),
    /** Resolves when it has so many tickets. */
    async progress(tickets: number): Promise<void> {
      await child.until((word): word is SyncWord => word.said === 'progress' && word.done >= tickets)
    },
    /** Ends it at once, and tells what it was doing. Throws where it had ended by itself. */
    async kill(): Promise<Moment> {
      const code = await child.kill()
      if (code !== null) throw new Error(`The process had ended by itself, with ${code}`)
      return momentOf(child.words)
    },
  }
}

function momentOf(words: readonly SyncWord[]): Moment {
  const last = words.findLast(({ said }) => said !== 'progress')?.said
  if (last === 'ended') return 'after'
  return last === 'began' ? 'in' : 'before'
}
