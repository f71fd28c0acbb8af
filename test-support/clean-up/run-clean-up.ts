import { AppError } from '../../src-shared/errors/app-error.ts'
import { createCleanUp, type CleanUpService } from '../../src-main/clean-up/clean-up.ts'
import { machineClock } from '../../src-main/runtime/clock.ts'
import { createSync } from '../../src-main/sync/sync.ts'
import type { ChildJob } from '../process/child.ts'
import { never, obey, say } from '../process/obey.ts'
import { openParts, watching } from '../process/parts.ts'

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

// A process that cleans up a run until nothing is left of it, or it is killed.

const LOOK_EVERY_MS = 50
/** A deletion is so long on its way to Jira, and its answer so long on its way back: whenever it is struck, some are. */
const WAY_MS = 15

async function openDesk(job: CleanUpJob): Promise<CleanUpService> {
  const parts = await openParts(job, { kind: job.kind })
  const { jira, clock, hub } = parts
  const sync = createSync({ ...parts, ...watching(['1', '2']), intervalMs: 600_000 })
  hub.on('clean-up.changed', ({ deleted, total }) =>
    say({ said: 'deleted', deleted, total } satisfies CleanUpWord),
  )
  return createCleanUp({
    ...parts,
    onDeleted: (deleted, atMs) => sync.noteDeleted(deleted, atMs),
    jira: {
      ...jira,
      async deleteTicket(id, signal) {
        await clock.sleep(WAY_MS, never)
        const deleted = await jira.deleteTicket(id, signal)
        await clock.sleep(WAY_MS, never)
        return deleted
      },
    },
  })
}

await obey(async (job: CleanUpJob) => {
  const desk = await openDesk(job)
  for (;;) {
    try {
      const { count } = await desk.preview(job.runId, never)
      await desk.start({ runId: job.runId, confirmedSite: job.siteId, count })
    } catch (error) {
      // Another one works on it, or did so between the look and the beginning.
      if (!(error instanceof AppError) || !['busy', 'not-confirmed'].includes(error.code)) throw error
      say({ said: 'busy' } satisfies CleanUpWord)
      await machineClock.sleep(LOOK_EVERY_MS, never)
      continue
    }
    while (desk.current()?.state === 'running') await machineClock.sleep(5, never)
    const end = desk.current()
    if (end === null || end.state !== 'done') continue
    return say({ said: 'ended', state: end.state, deleted: end.deleted } satisfies CleanUpWord)
  }
})
