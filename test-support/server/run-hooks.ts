import { pino } from 'pino'
import { createHookInbox } from '../../src-main/hooks/inbox.ts'
import { createHookServer } from '../../src-main/server/hooks/hook-server.ts'
import { createSync } from '../../src-main/sync/sync.ts'
import type { ChildJob } from '../process/child.ts'
import { obey, say } from '../process/obey.ts'
import { openParts, watching } from '../process/parts.ts'

/** Where it stands still for ever, for whoever kills it there. */
export type HookMoment =
  | 'before the inbox'
  | 'after the inbox'
  | 'before it is read'
  | 'before the commit'
  | 'after the commit'
  | 'after it is marked'

export interface HooksJob extends ChildJob {
  readonly priorityIds: readonly string[]
  readonly secret: string
  /** Null: it goes on. */
  readonly moment: HookMoment | null
}

export type HooksWord =
  | { readonly said: 'ready' }
  | { readonly said: 'listening'; readonly url: string }
  | { readonly said: 'reached'; readonly moment: HookMoment }

// A process that takes webhooks, fetches once and reads what it was told, until it is killed.

await obey(async (job: HooksJob) => {
  const parts = await openParts(job)
  const { siteId, siteTime: time } = parts
  const at = async (moment: HookMoment): Promise<void> => {
    if (moment !== job.moment) return
    say({ said: 'reached', moment } satisfies HooksWord)
    await new Promise(() => {})
  }
  const { store, jira } = parts
  const haltingStore: typeof store = {
    ...store,
    async takeHooks(...given) {
      await at('before the inbox')
      const taken = await store.takeHooks(...given)
      await at('after the inbox')
      return taken
    },
    async applyPage(page) {
      if (page.byId === true) await at('before the commit')
      const commit = await store.applyPage(page)
      if (page.byId === true) await at('after the commit')
      return commit
    },
    async markHooksRead(...given) {
      await store.markHooksRead(...given)
      await at('after it is marked')
    },
  }
  const haltingJira: typeof jira = {
    ...jira,
    async byIds(...given) {
      await at('before it is read')
      return jira.byIds(...given)
    },
  }
  const fetched = Promise.withResolvers<void>()
  parts.hub.on('sync.changed', ({ lastSuccessMs, nextMs }) => {
    if (lastSuccessMs !== null && nextMs !== null) fetched.resolve()
  })
  const sync = createSync({
    ...parts,
    ...watching(job.priorityIds),
    jira: haltingJira,
    store: haltingStore,
    intervalMs: 3_600_000,
    adjustClock: true,
    log: pino({ level: 'silent' }),
  })
  sync.start()
  await fetched.promise
  const inbox = createHookInbox({ siteId, store: haltingStore, time, baseUrl: () => job.site.url })
  const server = createHookServer({
    inbox: () => inbox,
    secret: job.secret,
    place: { host: '127.0.0.1', port: 0 },
    access: { tls: null, behindProxy: false, trustProxy: null },
    log: pino({ level: 'silent' }),
  })
  say({ said: 'listening', ...(await server.start()) } satisfies HooksWord)
})
process.exit()
