import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Worker } from 'node:worker_threads'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_SANDBOX } from './config.ts'
import { SandboxError } from './sandbox-error.ts'
import { createClockControl } from './control.ts'
import { startSandbox, type Sandbox, type SandboxOptions } from './sandbox.ts'
import { startTestSandbox } from '../test-support/sandbox.ts'

describe('a sandbox in its own thread', () => {
  let folder: string
  let file: string
  const running: Sandbox[] = []

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'tpm-sandbox-'))
    file = path.join(folder, 'sandbox.sqlite')
  })
  afterEach(async () => {
    for (const sandbox of running.splice(0)) await sandbox.stop()
    await rm(folder, { recursive: true, force: true })
  })

  const start = async (options: Partial<SandboxOptions> = {}): Promise<Sandbox> => {
    const settings = { ...DEFAULT_SANDBOX, historyTickets: 0 }
    const sandbox = await startSandbox({ file, settings, ...options })
    running.push(sandbox)
    return sandbox
  }
  const refusal = async (options: Partial<SandboxOptions> = {}): Promise<SandboxError> => {
    const error: unknown = await start(options).catch((reason: unknown) => reason)
    if (error instanceof SandboxError) return error
    throw new Error('It was not refused', { cause: error })
  }

  test('serves its history, and its tickets and clock outlive it', async () => {
    const first = await startTestSandbox({ file, historyTickets: 20 })
    const clock = createClockControl(first)
    const signal = AbortSignal.timeout(10_000)
    const untilSiteMs = (await clock.get(signal)).siteMs + 600_000
    expect(await clock.run(3_600, untilSiteMs, signal)).toMatchObject({ rate: 3_600, untilSiteMs })
    await expect.poll(async () => (await clock.get(signal)).rate, { timeout: 20_000 }).toBe(1)
    const before = await first.truth()
    await first.stop()

    const second = await startTestSandbox({ file, historyTickets: 20 })
    expect(await second.truth()).toEqual(before)
    expect(before).toHaveLength(20)
    expect((await createClockControl(second).get(signal)).siteMs).toBeGreaterThanOrEqual(untilSiteMs)
    await second.stop()
  })

  test('refuses a file that is served already, and says so in its own words', async () => {
    await start()
    const { code, message, hint } = await refusal()
    expect(code).toBe('busy')
    expect(message).toContain(file)
    expect(hint).not.toBe('')
  })

  test('an aborted start is none, and an abort stops it', async () => {
    expect((await refusal({ signal: AbortSignal.abort() })).code).toBe('cancelled')
    await expect(stat(file)).rejects.toThrow('ENOENT')

    const early = new AbortController()
    const starting = refusal({ signal: early.signal })
    early.abort()
    expect((await starting).code).toBe('cancelled')

    const late = new AbortController()
    const { url } = await start({ signal: late.signal })
    late.abort()
    const state = (): Promise<string> =>
      fetch(url).then(
        () => 'answers',
        () => 'gone',
      )
    await expect.poll(state, { timeout: 20_000 }).toBe('gone')
  })

  test('tells when it has died, and not when it was stopped', async () => {
    const workers: Worker[] = []
    const remember = (worker: Worker): void => void workers.push(worker)
    process.on('worker', remember)
    const killed = await start()
    const stopped = await start({ file: path.join(folder, 'other.sqlite') })
    process.off('worker', remember)

    await stopped.stop()
    await stopped.stop()
    await workers[0]?.terminate()
    const message: unknown = expect.stringContaining('ended')
    expect(await killed.died).toMatchObject({ code: 'jira-unreachable', message })
    await killed.stop()
    expect(await Promise.race([stopped.died, Promise.resolve('silent')])).toBe('silent')
  })

  test('its clock is out of reach for strangers and after its end', async () => {
    const sandbox = await start()
    const signal = AbortSignal.timeout(10_000)
    const clock = createClockControl(sandbox)
    const stranger = createClockControl({ ...sandbox, apiToken: 'wrong' })
    await expect(stranger.get(signal)).rejects.toMatchObject({ code: 'not-authenticated' })
    await expect(clock.run(0.5, 0, signal)).rejects.toMatchObject({ code: 'jira-refused' })
    await expect(clock.get(AbortSignal.abort(new Error('Enough')))).rejects.toThrow('Enough')
    await sandbox.stop()
    await expect(clock.get(signal)).rejects.toMatchObject({ code: 'jira-unreachable' })
  })
})
