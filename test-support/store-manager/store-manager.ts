import { testFolder } from '../end.ts'
import path from 'node:path'
import { pino } from 'pino'
import { onTestFinished, vi } from 'vitest'
import { createEventHub } from '../../src-shared/contract/client.ts'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import type { StoreStatus } from '../../src-shared/contract/store.ts'
import { AppError, toWireError } from '../../src-shared/errors/app-error.ts'
import type { Config, PostgresConfig, StoreConfig } from '../../src-main/config/config.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import type { Store, StoreHealth } from '../../src-main/store/store.ts'
import { createHandClock } from '../sync/clock.ts'
import { createStoreManager, type StoreInUse } from '../../src-main/store-manager/store-manager.ts'

export const SERVER: PostgresConfig = {
  kind: 'postgres',
  host: 'db.example.com',
  port: 5432,
  database: 'jira_tpm',
  user: 'tpm',
  password: null,
  tls: 'verify-full',
  caFile: null,
}
export const AWAY = new AppError('store-unavailable', 'The server is out of reach.', { hint: 'Start it.' })
const never = new AbortController().signal

interface TestManagerOptions {
  readonly store?: StoreConfig
  readonly fallback?: Config['fallback']
  readonly staysOpen?: boolean
  readonly mustBeUp?: boolean
  readonly startsDown?: boolean
}

/** A manager, an engine that is no more than the store it was given, and a server that can go away: a file, for us. */
export async function createTestManager({
  store = SERVER,
  fallback = null,
  staysOpen = true,
  mustBeUp = false,
  startsDown = false,
}: TestManagerOptions = {}) {
  const dataDir = testFolder()
  const clock = createHandClock()
  const log = pino({ level: 'silent' })
  const logged = vi.spyOn(log, 'warn')
  const hub = createEventHub()
  const told: StoreStatus[] = []
  hub.on('store.changed', (status) => told.push(status))
  let health: StoreHealth = { state: 'up' }
  const listeners = new Set<() => void>()
  const closed: string[] = []
  const open = new Set<string>()
  let refusal: AppError | null = null
  let config = { dataDir, store, fallback } as Config
  const onHealth = (hear: () => void) => {
    listeners.add(hear)
    return () => void listeners.delete(hear)
  }
  const goDown = (): void => {
    health = { state: 'down', sinceMs: clock.now(), failure: toWireError(AWAY) }
    for (const hear of listeners) hear()
  }
  const goUp = (): void => {
    health = { state: 'up' }
    for (const hear of listeners) hear()
  }
  if (startsDown) goDown()

  const openTestStore = async (wanted: StoreConfig): Promise<Store> => {
    if (wanted.kind === 'postgres' && refusal !== null) throw refusal
    const file = path.join(dataDir, wanted.kind === 'sqlite' ? path.basename(wanted.file) : wanted.host)
    const opened = await openStore({ kind: 'sqlite', file }, { clock, log, password: null })
    open.add(path.basename(file))
    const close = async (): Promise<void> => {
      closed.push(path.basename(file))
      open.delete(path.basename(file))
      await opened.close()
    }
    if (wanted.kind === 'sqlite') return { ...opened, close }
    return { ...opened, kind: 'postgres', label: wanted.host, health: () => health, onHealth, close }
  }
  let engine: StoreInUse | null = null
  /** The last run of the file that stands in, and of the store that is set. */
  const lastRuns: { file: RunProgress | null; set: RunProgress | null } = { file: null, set: null }
  const lastRun = (): RunProgress | null => lastRuns[engine?.isFallback === true ? 'file' : 'set']
  const resumed: string[] = []
  let held: string | null = null
  const manager = createStoreManager({
    dataDir,
    openStore: openTestStore,
    exchange: () => reopen(),
    runs: {
      current: async () => lastRun(),
      isHeld: async (runId) => runId === held,
      resume: async () => void resumed.push(lastRun()?.runId ?? ''),
    },
    staysOpen,
    mustBeUp,
    hub,
    clock,
    log,
  })
  async function reopen(): Promise<void> {
    engine = null
    engine = await manager.storeFor(config, never)
  }
  onTestFinished(() => manager.stop())
  return {
    ...manager.handlers,
    manager,
    dataDir,
    clock,
    told,
    closed,
    open,
    logged,
    reopen,
    goDown,
    goUp,
    status: () => manager.handlers['store.status']({}),
    inUse: () => engine,
    resumed,
    setRun: (of: 'file' | 'set', run: object) => void (lastRuns[of] = run as RunProgress),
    hold: (runId: string) => void (held = runId),
    setConfig: (change: Partial<Config>) => void (config = { ...config, ...change }),
    refuse: (error: AppError | null) => void (refusal = error),
  }
}
