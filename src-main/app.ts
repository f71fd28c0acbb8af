import { randomUUID } from 'node:crypto'
import type { Client } from '../src-shared/contract/client.ts'
import { createDispatch, type Dispatch } from '../src-shared/contract/dispatch.ts'
import { createEventHub, type EventHub } from '../src-shared/contract/hub.ts'
import { createInProcessClient } from '../src-shared/contract/in-process.ts'
import type { Session } from '../src-shared/contract/models.ts'
import { createAudit } from './audit/audit.ts'
import { machineClock, type Clock } from './clock.ts'
import type { Config } from './config/config.ts'
import { keepDemoRunning } from './demo-run.ts'
import { createGenerator } from './generator/runner.ts'
import { createHandlers } from './handlers.ts'
import { createLive } from './live/live.ts'
import type { Log } from './log.ts'
import { openSite } from './open-site.ts'
import { projectVersion } from './project-files.ts'
import type { Site } from './site.ts'
import { openSqliteStore } from './store/sqlite/store.ts'
import type { Store } from './store/store.ts'
import { createSync } from './sync/sync.ts'
import { watchedOf } from './watched-memory.ts'

/** The core, whole: what each door opens onto. */
export interface App {
  readonly dispatch: Dispatch
  readonly hub: EventHub
  readonly client: Client
  readonly log: Log
  /** Begins what goes on by itself: live counts, fetching and a demo run, as the options say. */
  start(): Promise<void>
  /** Ends everything within two seconds, a run paused at a slot's edge. Safe to call twice. */
  stop(): Promise<void>
}

export interface AppOptions {
  readonly log: Log
  readonly clock?: Clock
  /** False for a command that makes one call: nothing is fetched by itself. */
  readonly background?: boolean
  /** Whether a demo workspace is kept busy with a run: for doors that stay open. */
  readonly demoRun?: boolean
}

/**
 * Builds the services from the configuration. Throws an AppError where the store or the Jira cannot be opened; what had
 * been opened by then is closed again.
 */
export async function createApp(config: Config, options: AppOptions): Promise<App> {
  const clock = options.clock ?? machineClock
  const stopping = new AbortController()
  const store = await openSqliteStore({ file: config.store.file, clock })
  let site: Site | undefined
  try {
    site = await openSite(config, { clock, log: options.log, signal: stopping.signal })
    const { dataDir } = config
    const watched = await watchedOf(site, { dataDir, log: options.log, signal: stopping.signal })
    return assemble({ config, options, clock, stopping, store, site, watched })
  } catch (error) {
    stopping.abort(error)
    await site?.close()
    await store.close()
    throw error
  }
}

interface Opened {
  readonly config: Config
  readonly options: AppOptions
  readonly clock: Clock
  readonly stopping: AbortController
  readonly store: Store
  readonly site: Site
  readonly watched: Session['watched']
}

function assemble({ config, options, clock, stopping, store, site, watched }: Opened): App {
  const { log, background = true, demoRun = false } = options
  const { signal } = stopping
  const hub = createEventHub()
  const owner = randomUUID()
  const siteId = site.id
  const { jira, time: siteTime } = site
  const { projectKey } = config
  const scope = { projectKey, priorityIds: watched.map((priority) => priority.id) }
  /** What everyone needs who works at the site. */
  const parts = { siteId, projectKey, jira, store, clock, siteTime, hub, owner, log }

  const sync = createSync({
    ...parts,
    watched,
    intervalMs: config.syncIntervalMs,
    adjustClock: config.jira.kind === 'site',
  })
  const generator = createGenerator({
    ...parts,
    ...(site.compress === undefined ? {} : { compress: site.compress }),
    onCreated: (id, _key, createdAtMs) => sync.noteCreated(id, createdAtMs),
  })
  const audit = createAudit({ siteId, jira, store, scope })
  const live = createLive({ store, hub, siteId, scope, log })

  const session = {
    version: projectVersion(),
    site: site.about,
    projectKey,
    store: { kind: store.kind, label: store.label },
    zone: config.zone,
    watched,
  }
  // What kept it from fetching is gone; a failure shows in its status.
  const fetchAgain = (): void => void (background && sync.now().catch(() => {}))
  site.onBack(fetchAgain)
  hub.on('counts.changed', ({ reset }) => {
    // Another process may have made dropped tables anew.
    if (reset && sync.status().failure?.code === 'tables-missing') fetchAgain()
  })
  const handlers = createHandlers({
    session,
    store,
    time: siteTime,
    sync,
    generator,
    audit,
    onTablesMade: fetchAgain,
    signal,
  })
  const dispatch = createDispatch(handlers, (error) => log.error({ err: error }, 'a call failed'))
  const leaveClock = siteTime.onChange((next) => hub.publish('clock.changed', next))

  let stopped: Promise<void> | undefined
  const stop = async (): Promise<void> => {
    await generator.close()
    stopping.abort(new Error('Jira TPM is closing'))
    await sync.stop()
    live.stop()
    leaveClock()
    await site.close()
    await store.close()
  }

  return {
    dispatch,
    hub,
    log,
    client: createInProcessClient(dispatch, hub),
    async start() {
      await live.start()
      if (background) sync.start()
      if (demoRun && site.about.kind === 'sandbox') void keepDemoRunning(generator, log)
    },
    stop: () => (stopped ??= stop()),
  }
}
