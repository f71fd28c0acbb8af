import path from 'node:path'
import { setTimeout as nap } from 'node:timers/promises'
import fc from 'fast-check'
import { pino } from 'pino'
import { expect, test, vi } from 'vitest'
import { createEventHub } from '../../src-shared/contract/client.ts'
import type { RunProgress } from '../../src-shared/contract/runs/runs.ts'
import type { StoreStatus } from '../../src-shared/contract/store.ts'
import { AppError, toWireError } from '../../src-shared/errors/app-error.ts'
import { AWAY, SERVER } from '../../test-support/store-manager/store-manager.ts'
import { createCurrentEngine } from '../app/current-engine.ts'
import type { Engine } from '../app/engine.ts'
import type { Config, StoreConfig } from '../config/config.ts'
import { machineClock, type Clock } from '../runtime/clock.ts'
import type { Store, StoreHealth } from '../store/store.ts'
import { createStoreManager } from './store-manager.ts'

/** Waits a thousandth of what it should. */
const hastyClock: Clock = {
  ...machineClock,
  sleep: (ms, signal) => machineClock.sleep(ms / 1_000, signal),
}

const QUIET_MS = 25

/** Many apps at a time, on a machine that is busy with others. */
const PATIENCE = { timeout: 30_000, interval: 20 }

const HAPPENINGS = {
  serverLost: (app: AnyOrderApp) => app.goDown(),
  serverBack: (app: AnyOrderApp) => app.goUp(),
  useFallback: (app: AnyOrderApp) => app.call('store.useFallback'),
  usePrimary: (app: AnyOrderApp) => app.call('store.usePrimary'),
  otherServer: (app: AnyOrderApp) => app.reopenWith('other.example.com'),
  sameServer: (app: AnyOrderApp) => app.reopenWith('db.example.com'),
  otherPassword: (app: AnyOrderApp) => app.reopenWith('db.example.com', { renewed: true }),
  ownFile: (app: AnyOrderApp) => app.reopenWith('own.sqlite'),
  fallbackAllowed: (app: AnyOrderApp) => app.allowFallback('sqlite'),
  fallbackForbidden: (app: AnyOrderApp) => app.allowFallback(null),
} as const

/** What happens, and how long nothing else does then (ms). */
type Story = readonly (readonly [keyof typeof HAPPENINGS, number])[]

const happening = fc.constantFrom(...(Object.keys(HAPPENINGS) as (keyof typeof HAPPENINGS)[]))

const pauseMs = fc.constantFrom(0, 0, 1, 3, 8)

function story(maxLength: number): fc.Arbitrary<Story> {
  return fc.array(fc.tuple(happening, pauseMs), { maxLength })
}

/** Runs what happens, one after the other, without waiting for what it leads to. */
async function run(app: AnyOrderApp, happenings: Story): Promise<void> {
  for (const [name, ms] of happenings) {
    HAPPENINGS[name](app)
    if (ms > 0) await nap(ms)
  }
}

/** Races are rare: many apps at a time, so that there are many. */
const APPS = 60

const ROUNDS = { numRuns: 8 }

function forApps(
  tale: fc.Arbitrary<[Story, Story, number]>,
  check: (tale: [Story, Story, number]) => Promise<void>,
) {
  const tales = fc.array(tale, { minLength: APPS, maxLength: APPS })
  return fc.assert(
    fc.asyncProperty(tales, async (all) => void (await Promise.all(all.map(check)))),
    { ...ROUNDS, endOnFailure: true },
  )
}

const never = fc.constant<Story>([])

test('whatever happens in whatever order, one engine is there in the end, over the store that the status names', async () => {
  await forApps(fc.tuple(story(14), never, fc.integer()), async ([happenings, , seed]) => {
    const app = createAnyOrderApp(seed)
    await run(app, happenings)
    await app.settled()
    await vi.waitFor(async () => {
      const label = app.inUse()
      expect(app.isOpen()).toBe(label !== null)
      if (label === null) return
      expect((await app.status()).label).toBe(label)
      expect(app.lastTold()).toBe(label)
      expect(app.openStores()).toContain(label)
    }, PATIENCE)
    expect(app.faults).toEqual([])
    await app.stop()
  })
}, 60_000)

test('whenever it is stopped, nothing stays open, and nothing begins any more', async () => {
  await forApps(fc.tuple(story(6), story(3), fc.integer()), async ([before, meanwhile, seed]) => {
    const app = createAnyOrderApp(seed)
    await run(app, before)
    const stopping = app.stop()
    await run(app, meanwhile)
    await stopping
    await app.settled()
    expect(app.isOpen()).toBe(false)
    await vi.waitFor(() => expect(app.openStores()).toEqual([]), PATIENCE)
    expect(app.faults).toEqual([])
  })
}, 60_000)

/** The manager and the exchange of engines as an app has them, over stores and engines that only tell what is done to them. */
interface AnyOrderApp {
  goDown(): void
  goUp(): void
  call(method: 'store.useFallback' | 'store.usePrimary'): void
  /** Another store is set: a server by its host, or a file. */
  reopenWith(name: string, options?: { renewed: boolean }): void
  allowFallback(fallback: Config['fallback']): void
  status(): Promise<StoreStatus>
  /** The label that was told last. */
  lastTold(): string | undefined
  /** Whether an engine is there. */
  isOpen(): boolean
  /** The label of the store of the engine that was opened last, and not stopped; null where there is none. */
  inUse(): string | null
  openStores(): string[]
  /** What must never be: a store closed under its engine, an engine stopped twice … */
  readonly faults: string[]
  /** Resolves when all that was asked for has ended, and what goes on by itself has had its time. */
  settled(): Promise<void>
  stop(): Promise<void>
}

function createAnyOrderApp(seed: number): AnyOrderApp {
  const chance = createChance(seed)
  const faults: string[] = []
  const stores = createStores(chance, faults)
  const hub = createEventHub()
  const told: StoreStatus[] = []
  hub.on('store.changed', (status) => told.push(status))
  const log = pino({ level: 'silent' })
  let config = { dataDir: '/nowhere', store: SERVER, fallback: null } as unknown as Config
  const manager = createStoreManager({
    dataDir: config.dataDir,
    openStore: (wanted, signal) => stores.open(wanted, signal),
    exchange: () => engine.exchange(),
    runs: {
      current: async () => (chance(5) === 0 ? ({ state: 'running' } as RunProgress) : null),
      isHeld: async () => false,
      resume: async () => {},
    },
    staysOpen: true,
    mustBeUp: false,
    hub,
    clock: hastyClock,
    log,
  })
  let inUse: string | null = null
  const engine = createCurrentEngine({
    firstConfig: config,
    readConfig: () => config,
    async open(wanted, signal) {
      const { store } = await manager.storeFor(wanted, signal)
      await nap(chance(4))
      signal.throwIfAborted()
      inUse = store.label
      return tellingEngine(store, {
        chance,
        faults,
        isOpen: (one) => stores.isOpen(one),
        onStop: () => (inUse = null),
      })
    },
    onChange: () => {},
    log,
  })
  const asked: Promise<void>[] = []
  const ask = (work: Promise<unknown>): void => {
    const ended = work.then(
      () => {},
      (error: unknown) => {
        if (!(error instanceof AppError)) faults.push(String(error))
      },
    )
    asked.push(ended)
  }
  ask(engine.start())
  return {
    goDown: () => stores.setHealth({ state: 'down', sinceMs: 1, failure: toWireError(AWAY) }),
    goUp: () => stores.setHealth({ state: 'up' }),
    call: (method) => ask(manager.handlers[method]({})),
    reopenWith(name, { renewed } = { renewed: false }) {
      const isFile = name.endsWith('.sqlite')
      config = { ...config, store: isFile ? { kind: 'sqlite', file: `/${name}` } : { ...SERVER, host: name } }
      if (renewed) manager.renew()
      ask(engine.reopen())
    },
    allowFallback: (fallback) => (config = { ...config, fallback }),
    status: () => manager.handlers['store.status']({}),
    lastTold: () => told.at(-1)?.label,
    isOpen: () => engine.openNow() !== null,
    inUse: () => inUse,
    openStores: () => stores.opened(),
    faults,
    async settled() {
      await Promise.all(asked)
      await nap(QUIET_MS)
    },
    async stop() {
      await engine.close()
      await manager.stop()
      await nap(QUIET_MS)
    },
  }
}

/** A number from 0 to below `n`, the same ones for the same seed. */
type Chance = (n: number) => number

function createChance(seed: number): Chance {
  let state = seed >>> 0
  return (n) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * n)
  }
}

function createStores(chance: Chance, faults: string[]) {
  const open = new Set<Store>()
  const listeners = new Set<() => void>()
  let health: StoreHealth = { state: 'up' }
  return {
    async open(config: StoreConfig, signal: AbortSignal): Promise<Store> {
      await nap(chance(4))
      signal.throwIfAborted()
      const isServer = config.kind === 'postgres'
      if (isServer && chance(6) === 0) throw new AppError('not-configured', 'The password is wrong.')
      const store = {
        kind: config.kind,
        label: isServer ? config.host : path.basename(config.file),
        health: () => (isServer ? health : { state: 'up' }),
        onHealth(listener: () => void) {
          if (isServer) listeners.add(listener)
          return () => listeners.delete(listener)
        },
        async close() {
          await nap(chance(3))
          if (!open.delete(store)) faults.push(`${store.label} was closed twice`)
        },
      } as unknown as Store
      open.add(store)
      return store
    },
    isOpen: (store: Store) => open.has(store),
    opened: () => [...open].map(({ label }) => label),
    setHealth(next: StoreHealth) {
      health = next
      for (const listener of listeners) listener()
    },
  }
}

interface EngineParts {
  readonly chance: Chance
  readonly faults: string[]
  readonly isOpen: (store: Store) => boolean
  readonly onStop: () => void
}

function tellingEngine(store: Store, { chance, faults, isOpen, onStop }: EngineParts): Engine {
  let started = false
  let stopped = false
  const expectOpen = (when: string): void => {
    if (!isOpen(store)) faults.push(`${store.label} was closed under its engine: ${when}`)
  }
  expectOpen('as it opened')
  return {
    handlers: {},
    async start() {
      if (started || stopped) faults.push('an engine was started twice, or after its end')
      started = true
    },
    wake() {},
    async stop() {
      if (stopped) faults.push('an engine was stopped twice')
      stopped = true
      await nap(chance(3))
      expectOpen('as it ended')
      onStop()
    },
  } as unknown as Engine
}
