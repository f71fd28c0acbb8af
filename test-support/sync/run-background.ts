import { pino } from 'pino'
import { createSync } from '../../src-main/sync/sync.ts'
import { obey, say } from '../process/obey.ts'
import { openParts, watching } from '../process/parts.ts'
import type { BackgroundJob, BackgroundWord } from './background.ts'

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
