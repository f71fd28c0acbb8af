import { pino } from 'pino'
import { Check } from 'typebox/value'
import { RunProgress } from '../src-shared/contract/runs/runs.ts'
import type { StoreStatus } from '../src-shared/contract/store.ts'
import { createApp, type App, type AppOptions } from '../src-main/app/app.ts'
import type { Config, StoreConfig } from '../src-main/config/config.ts'
import { readConfig } from '../src-main/config/read-config.ts'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { createSecrets } from '../src-main/secrets/secrets.ts'
import { createMemoryKeychain } from './secrets/secrets.ts'
import { atEnd, testFolder } from './end.ts'
import { shownRun } from './generator/shown-run.ts'

/** A whole app in a workspace of its own, stopped when the test ends. */
export interface TestApp extends App {
  readonly dataDir: string
  readonly call: App['client']['call']
  /** What was told of the store and of runs, oldest first; runs, also those that `call` gives, as people are shown them. */
  readonly stores: StoreStatus[]
  readonly runs: RunProgress[]
  /** The keys of the tickets that it counts. */
  keys(): Promise<string[]>
}

interface TestAppOptions extends Pick<AppOptions, 'background' | 'isEdge' | 'staysOpen'> {
  readonly store: StoreConfig
  readonly fallback?: Config['fallback']
  /** Of a workspace that is there; a new one where absent. */
  readonly dataDir?: string
}

/** A sandbox that stands for a real site, stopped when the test ends. */
export async function startTestSite(settings: Parameters<typeof startTestSandbox>[0]): Promise<TestSandbox> {
  const site = await startTestSandbox(settings)
  atEnd(() => site.stop())
  return site
}

/** Opens an app that watches a site over a store. It fetches every half second once it is started. */
export async function openTestApp(
  site: TestSandbox,
  { store, fallback = null, dataDir = testFolder(), ...options }: TestAppOptions,
): Promise<TestApp> {
  const token = options.isEdge === true ? {} : { JIRA_API_KEY: site.apiToken }
  const env = { JIRA_URL: site.url, JIRA_USER: site.email, ...token }
  const read = (): Config => ({
    ...readConfig({ flags: { dataDir }, env, cwd: dataDir }),
    store,
    fallback,
    syncIntervalMs: 500,
  })
  const log = pino({ level: process.env['TEST_LOG'] ?? 'silent' })
  const secrets = createSecrets({ dataDir, log, keychain: createMemoryKeychain() })
  const app = createApp(read(), { log, readConfig: read, secrets, ...options })
  atEnd(() => app.stop())
  const stores: StoreStatus[] = []
  const runs: RunProgress[] = []
  app.hub.on('store.changed', (status) => stores.push(status))
  app.hub.on('run.changed', (run) => runs.push(shownRun(run)))
  const call: App['client']['call'] = async (method, params) => {
    const result: unknown = await app.client.call(method, params)
    return (Check(RunProgress, result) ? shownRun(result) : result) as never
  }
  return {
    ...app,
    dataDir,
    call,
    stores,
    runs,
    async keys() {
      const { tickets } = await call('tickets.list', { fromMs: 0, toMs: 8e15, limit: 500 })
      return tickets.map(({ key }) => key)
    },
  }
}

/** Makes so many tickets that are watched, and tells the keys of all that there are then. */
export async function addWatched(site: TestSandbox, count: number): Promise<string[]> {
  for (let n = 0; n < count; n++) await site.add({ priority: { id: '2' } })
  return watchedKeys(site)
}

export async function watchedKeys(site: TestSandbox): Promise<string[]> {
  return (await site.truth()).filter(({ priorityId }) => priorityId <= 2).map(({ key }) => key)
}
