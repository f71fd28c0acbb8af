import { pino } from 'pino'
import type { SyncStatus } from '../../src-shared/contract/tickets.ts'
import { createSync } from '../../src-main/sync/sync.ts'
import type { ChildJob } from '../process/child.ts'
import { obey, say } from '../process/obey.ts'
import { openParts, watching } from '../process/parts.ts'

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

// An instance that fetches by itself or follows, and says what it does, until it is killed or its input ends.

let stop: (() => Promise<void>) | undefined
await obey(async (job: BackgroundJob) => {
  const parts = await openParts(job)
  const { jira, store, hub } = parts
  const { host, intervalMs } = job
  hub.on('sync.changed', (status) => say({ said: 'status', status } satisfies BackgroundWord))
  const sync = createSync({
    ...parts,
    ...watching(job.priorityIds),
    jira: {
      ...jira,
      async search(query, signal) {
        const page = await jira.search(query, signal)
        say({ said: 'searched' } satisfies BackgroundWord)
        return page
      },
    },
    owner: job.elsewhere ? `${host}/${process.pid}/${host}` : parts.owner,
    host,
    intervalMs,
    log: pino({ level: 'silent' }),
  })
  sync.start()
  stop = async () => {
    await sync.stop()
    await store.close()
  }
})
await stop?.()
