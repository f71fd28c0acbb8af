import { pino } from 'pino'
import type { StoreConfig } from '../../src-main/config/config.ts'
import { createSync, type SyncJira } from '../../src-main/sync/sync.ts'
import { obey, say } from '../process/obey.ts'
import { openParts, watching } from '../process/parts.ts'
import type { SyncJob, SyncWord } from './process.ts'

// A process that fetches when it is told to, says how far it is, and stays until it is killed.

let requests = 0

/** The call, counted; the first one is where its work begins. */
function asked<A extends unknown[], R>(call: (...args: A) => R): (...args: A) => R {
  return (...args) => {
    if (++requests === 1) say({ said: 'began' } satisfies SyncWord)
    return call(...args)
  }
}

function counted(jira: SyncJira): SyncJira {
  return {
    identity: asked(jira.identity),
    search: asked(jira.search),
    searchIds: asked(jira.searchIds),
    byIds: asked(jira.byIds),
    projects: asked(jira.projects),
    approximateCount: asked(jira.approximateCount),
  }
}

function rss(): number {
  return process.memoryUsage.rss()
}

async function open(job: SyncJob, config: StoreConfig, onProgress: (done: number, total: number) => void) {
  const parts = await openParts({ ...job, store: config })
  parts.hub.on('sync.changed', ({ progress }) => {
    if (progress !== null) onProgress(progress.done, progress.total)
  })
  const sync = createSync({
    ...parts,
    ...watching(job.priorityIds),
    jira: counted(parts.jira),
    intervalMs: 60_000,
    census: { partSize: 200 },
    log: pino({ level: 'silent' }),
  })
  return {
    sync,
    async close() {
      await sync.stop()
      await parts.store.close()
    },
  }
}

/** So many tickets make a process as large as any fetch makes it, but for what a fetch keeps. */
const WARM_UP_TICKETS = 5_000

/** Fetches some tickets into another store, so that all code and buffers that a fetch needs are there. */
async function warmUp(job: SyncJob, store: StoreConfig): Promise<void> {
  const enough = Promise.withResolvers<void>()
  const opened = await open(job, store, (done) => {
    if (done >= WARM_UP_TICKETS) enough.resolve()
  })
  const fetching = opened.sync.now().then(
    () => {},
    () => {},
  )
  await Promise.race([enough.promise, fetching])
  await opened.close()
  globalThis.gc?.()
}

async function work(job: SyncJob): Promise<void> {
  if (job.warmUp !== undefined) await warmUp(job, job.warmUp)
  let peakRss = 0
  const memory = setInterval(() => (peakRss = Math.max(peakRss, rss())), 20)
  requests = 0
  const beganRss = rss()
  const { sync } = await open(job, job.store, (done, total) =>
    say({ said: 'progress', done, total, rss: rss(), requests } satisfies SyncWord),
  )
  const beganMs = performance.now()
  const inserted = job.kind === 'fetch' ? (await sync.now()).inserted : 0
  if (job.kind === 'census') await sync.census()
  const tookMs = performance.now() - beganMs
  clearInterval(memory)
  const { storedTickets } = sync.status()
  say({
    said: 'ended',
    inserted,
    storedTickets,
    requests,
    tookMs,
    beganRss,
    peakRss: Math.max(peakRss, rss()),
  } satisfies SyncWord)
}

await obey(work)
