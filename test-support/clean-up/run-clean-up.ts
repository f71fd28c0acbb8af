import { createInterface } from 'node:readline'
import { createEventHub } from '../../src-shared/contract/client.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { createSiteTime, machineClock } from '../../src-main/runtime/clock.ts'
import { createCloudJira } from '../../src-main/jira/cloud/cloud.ts'
import { createDataCenterJira } from '../../src-main/jira/data-center/data-center.ts'
import { leaseOwner } from '../../src-main/leases/lease-owner.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import { createSync } from '../../src-main/sync/sync.ts'
import { createCleanUp, type CleanUpService } from '../../src-main/clean-up/clean-up.ts'
import type { CleanUpJob, CleanUpWord } from './process.ts'

// A process that cleans up a run until nothing is left of it, or it is killed.

const LOOK_EVERY_MS = 50
/** A deletion is so long on its way to Jira, and its answer so long on its way back: whenever it is struck, some are. */
const WAY_MS = 15
const never = new AbortController().signal

function say(word: CleanUpWord): void {
  process.stdout.write(`${JSON.stringify(word)}\n`)
}

async function openDesk({ kind, store: config, site, siteId }: CleanUpJob): Promise<CleanUpService> {
  const clock = machineClock
  const log = { info: () => {}, warn: () => {}, error: (...what: unknown[]) => console.error(...what) }
  const store = await openStore(config, { clock, log, password: null })
  const siteTime = createSiteTime(clock)
  const { url, email, apiToken } = site
  const jira =
    kind === 'cloud'
      ? createCloudJira({ url, email, apiToken, clock })
      : createDataCenterJira({ url, token: apiToken, clock })
  const hub = createEventHub()
  const owner = leaseOwner()
  const parts = { siteId, store, jira, clock, siteTime, hub, owner, log }
  const sync = createSync({
    ...parts,
    projectKey: null,
    watchedField: { id: 'priority', name: 'Priority' },
    watched: [
      { id: '1', name: 'Highest' },
      { id: '2', name: 'High' },
    ],
    intervalMs: 600_000,
  })
  hub.on('clean-up.changed', ({ deleted, total }) => say({ said: 'deleted', deleted, total }))
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

async function cleanUp(job: CleanUpJob): Promise<void> {
  const desk = await openDesk(job)
  for (;;) {
    try {
      const { count } = await desk.preview(job.runId, never)
      await desk.start({ runId: job.runId, confirmedSite: job.siteId, count })
    } catch (error) {
      // Another one works on it, or did so between the look and the beginning.
      if (!(error instanceof AppError) || !['busy', 'not-confirmed'].includes(error.code)) throw error
      say({ said: 'busy' })
      await machineClock.sleep(LOOK_EVERY_MS, never)
      continue
    }
    while (desk.current()?.state === 'running') await machineClock.sleep(5, never)
    const end = desk.current()
    if (end === null || end.state !== 'done') continue
    return say({ said: 'ended', state: end.state, deleted: end.deleted })
  }
}

say({ said: 'ready' })
for await (const line of createInterface({ input: process.stdin }))
  await cleanUp(JSON.parse(line) as CleanUpJob)
