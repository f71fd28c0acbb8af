import { createInterface } from 'node:readline'
import { pino } from 'pino'
import { createEventHub } from '../../src-shared/contract/client.ts'
import { PRIORITY_FIELD } from '../../src-shared/domain/ticket.ts'
import { createSiteTime, machineClock } from '../../src-main/runtime/clock.ts'
import type { StoreConfig } from '../../src-main/config/config.ts'
import { createCloudJira } from '../../src-main/jira/cloud/cloud.ts'
import { leaseOwner } from '../../src-main/leases/lease-owner.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import { createSync, type Sync, type SyncJira } from '../../src-main/sync/sync.ts'
import type { SyncJob, SyncWord } from './process.ts'

// A process that fetches when it is told to, says how far it is, and stays until it is killed.

function say(word: SyncWord): void {
  process.stdout.write(`${JSON.stringify(word)}\n`)
}

let requests = 0

/** The call, counted; the first one is where its work begins. */
function asked<A extends unknown[], R>(call: (...args: A) => R): (...args: A) => R {
  return (...args) => {
    if (++requests === 1) say({ said: 'began' })
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

interface Opened {
  readonly sync: Sync
  close(): Promise<void>
}

async function open(
  { site, siteId, priorityIds }: SyncJob,
  config: StoreConfig,
  onProgress: (done: number, total: number) => void,
): Promise<Opened> {
  const clock = machineClock
  const hub = createEventHub()
  hub.on('sync.changed', ({ progress }) => {
    if (progress !== null) onProgress(progress.done, progress.total)
  })
  const log = pino({ level: 'silent' })
  const store = await openStore(config, { clock, log, password: null })
  const sync = createSync({
    siteId,
    projectKey: null,
    watchedField: { id: PRIORITY_FIELD, name: 'Priority' },
    watched: priorityIds.map((id) => ({ id, name: id })),
    jira: counted(createCloudJira({ ...site, clock })),
    store,
    clock,
    siteTime: createSiteTime(clock),
    hub,
    owner: leaseOwner(),
    intervalMs: 60_000,
    census: { partSize: 200 },
    log,
  })
  return {
    sync,
    async close() {
      await sync.stop()
      await store.close()
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
    say({ said: 'progress', done, total, rss: rss(), requests }),
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
  })
}

say({ said: 'ready' })
for await (const line of createInterface({ input: process.stdin })) await work(JSON.parse(line) as SyncJob)
