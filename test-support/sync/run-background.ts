import { createInterface } from 'node:readline'
import { pino } from 'pino'
import { createEventHub } from '../../src-shared/contract/client.ts'
import { PRIORITY_FIELD } from '../../src-shared/domain/ticket.ts'
import { createSiteTime, machineClock } from '../../src-main/runtime/clock.ts'
import { createCloudJira } from '../../src-main/jira/cloud/cloud.ts'
import { leaseOwner } from '../../src-main/leases/lease-owner.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import { createSync } from '../../src-main/sync/sync.ts'
import type { BackgroundJob, BackgroundWord } from './background.ts'

// An instance that fetches by itself or follows, and says what it does, until it is killed or told to stop.

function say(word: BackgroundWord): void {
  process.stdout.write(`${JSON.stringify(word)}\n`)
}

async function work(job: BackgroundJob): Promise<() => Promise<void>> {
  const { site, siteId, host } = job
  const clock = machineClock
  const hub = createEventHub()
  hub.on('sync.changed', (status) => say({ said: 'status', status }))
  const log = pino({ level: 'silent' })
  const jira = createCloudJira({ ...site, clock })
  const store = await openStore(job.store, { clock, log, password: null })
  const sync = createSync({
    siteId,
    projectKey: null,
    watchedField: { id: PRIORITY_FIELD, name: 'Priority' },
    watched: job.priorityIds.map((id) => ({ id, name: id })),
    jira: {
      ...jira,
      async search(query, signal) {
        const page = await jira.search(query, signal)
        say({ said: 'searched' })
        return page
      },
    },
    store,
    clock,
    siteTime: createSiteTime(clock),
    hub,
    owner: job.elsewhere ? `${host}/${process.pid}/${host}` : leaseOwner(),
    host,
    intervalMs: job.intervalMs,
    log,
  })
  sync.start()
  return async () => {
    await sync.stop()
    await store.close()
  }
}

let stop: (() => Promise<void>) | undefined
say({ said: 'ready' })
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'stop') break
  stop = await work(JSON.parse(line) as BackgroundJob)
}
await stop?.()
