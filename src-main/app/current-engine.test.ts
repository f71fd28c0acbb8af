import { pino } from 'pino'
import { expect, test } from 'vitest'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Config } from '../config/config.ts'
import { createCurrentEngine } from './current-engine.ts'
import type { Engine } from './engine.ts'

/** Engines that open when the test lets them, and tell when they are stopped. */
function createOpenings() {
  const openings: {
    readonly config: Config
    readonly signal: AbortSignal
    readonly finish: () => void
    readonly fail: (error: Error) => void
  }[] = []
  const stopped: number[] = []
  const started: number[] = []
  const open = (config: Config, signal: AbortSignal): Promise<Engine> =>
    new Promise((resolve, reject) => {
      const n = openings.length
      signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
      const finish = (): void =>
        resolve({
          handlers: {} as Engine['handlers'],
          transfer: {} as Engine['transfer'],
          hooks: {} as Engine['hooks'],
          isHeld: async () => false,
          countsState: async () => ({ seq: 0, provisionalFromMinute: 0, known: [] }),
          stored: async () => ({ seq: 0, tickets: [] }),
          start: async () => void started.push(n),
          followOtherRuns() {},
          noteOutage: async () => {},
          wake: () => {},
          stop: async () => void stopped.push(n),
        })
      openings.push({ config, signal, finish, fail: reject })
    })
  let changes = 0
  let configsRead = 0
  const engine = createCurrentEngine({
    firstConfig: {} as Config,
    readConfig: () => {
      configsRead += 1
      return {} as Config
    },
    open,
    onChange: () => (changes += 1),
    log: pino({ level: 'silent' }),
  })
  return { engine, openings, stopped, started, changes: () => changes, configsRead: () => configsRead }
}

test('one that is still opening is not waited for when another Jira is set', async () => {
  const { engine, openings, started } = createOpenings()
  const starting = engine.start()
  const reopening = engine.reopen()
  await expect(starting).rejects.toMatchObject({ code: 'cancelled' })
  expect(engine.openNow()).toBeNull()
  await expect.poll(() => openings.length).toBe(2)
  openings[1]?.finish()
  await reopening
  expect(engine.openNow()).not.toBeNull()
  expect(engine.failure()).toBeNull() // being left is no failure
  expect(started).toEqual([1])
})

test('one that opens in the very moment in which all ends is closed, and not there any more', async () => {
  const { engine, openings, stopped } = createOpenings()
  openings[0]?.finish()
  await engine.close()
  expect(engine.openNow()).toBeNull()
  expect(stopped).toEqual([0])
})

test('one that another takes the place of before it was started is not started', async () => {
  const { engine, openings, started } = createOpenings()
  openings[0]?.finish()
  await engine.start()
  const first = engine.reopen()
  await expect.poll(() => openings.length).toBe(2)
  openings[1]?.finish()
  const second = engine.reopen()
  await expect.poll(() => openings.length).toBe(3)
  openings[2]?.finish()
  await Promise.all([first, second])
  expect(started).toEqual([0, 2])
})

test('one that is overtaken before it opens is not opened, but what it was to read is read', async () => {
  const { engine, openings, configsRead } = createOpenings()
  openings[0]?.finish()
  await engine.opened()
  const first = engine.reopen()
  const second = engine.exchange()
  await expect.poll(() => openings.length).toBe(2)
  openings[1]?.finish()
  await Promise.all([first, second])
  expect(openings).toHaveLength(2)
  expect(configsRead()).toBe(1)
  expect(openings[1]?.config).toBe(engine.config())
})

test('one that could not be opened is not there, whatever it took the place of', async () => {
  const { engine, openings } = createOpenings()
  openings[0]?.finish()
  await engine.opened()
  const first = engine.reopen().catch(() => {})
  const second = engine.exchange()
  await expect.poll(() => openings.length).toBe(2)
  openings[1]?.fail(new AppError('jira-unreachable', 'It is away.'))
  await expect(second).rejects.toMatchObject({ code: 'jira-unreachable' })
  await first
  expect(engine.openNow()).toBeNull()
})

test('one that is still opening is not waited for when all ends', async () => {
  const { engine } = createOpenings()
  await engine.close()
  await expect(engine.opened()).rejects.toMatchObject({ code: 'cancelled' })
})

test('nothing is opened once it is closed for good, also by an exchange that had begun', async () => {
  const { engine, openings, stopped } = createOpenings()
  openings[0]?.finish()
  await engine.opened()
  const exchange = engine.reopen()
  await engine.close()
  await expect(exchange).rejects.toBeInstanceOf(AppError)
  await expect(engine.reopen()).rejects.toMatchObject({ code: 'cancelled' })
  expect(openings).toHaveLength(1)
  expect(stopped).toEqual([0])
})

test('the one before is stopped before the next opens, once', async () => {
  const { engine, openings, stopped, changes } = createOpenings()
  openings[0]?.finish()
  await engine.opened()
  const exchange = engine.reopen()
  await expect.poll(() => openings.length).toBe(2)
  expect(stopped).toEqual([0])
  expect(openings[0]?.signal.aborted).toBe(true)
  openings[1]?.finish()
  await exchange
  await engine.close()
  await engine.close()
  expect(stopped).toEqual([0, 1])
  expect(changes()).toBe(1)
})

test('an exchange that another one overtakes ends as that one does', async () => {
  const { engine, openings, started } = createOpenings()
  openings[0]?.finish()
  await engine.start()
  const first = engine.reopen()
  await expect.poll(() => openings.length).toBe(2)
  const second = engine.reopen()
  await expect.poll(() => openings.length).toBe(3)
  openings[2]?.finish()
  await Promise.all([first, second])
  expect(engine.openNow()).not.toBeNull()
  expect(started).toEqual([0, 2])
})
