import path from 'node:path'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Config } from '../config/config.ts'
import type { Log } from '../runtime/log.ts'
import { SandboxError, startSandbox, type Sandbox } from '#jira-sandbox'
import { announce, runningInstances, withdraw, type RunningSandbox } from './instance.ts'
import { sleep } from '../runtime/async.ts'

export interface SandboxConnection extends RunningSandbox {
  /** Whether this process started it, and so ends it. */
  readonly owned: boolean
  /** Ends the sandbox where it is ours; leaves another process's alone. Safe to call twice. */
  stop(): Promise<void>
}

const PROBE_TIMEOUT_MS = 2_000
const POLL_MS = 50
/** How long the URL of one who was first is waited for, before starting is tried again: it may have died meanwhile. */
const WAIT_MS = 1_000
const MAX_TRIES = 10

/**
 * The workspace's sandbox: the running one by its URL, else a new one. Two processes may begin at once; the one that
 * comes too late waits for the other's URL. Throws `busy` where that does not come in ten seconds, and whatever
 * `startSandbox` throws.
 */
export async function openSandbox({
  config,
  log,
}: {
  config: Pick<Config, 'dataDir' | 'sandbox'>
  log: Log
}): Promise<SandboxConnection> {
  for (let tries = 0; ; tries++) {
    const running = await waitForRunning(config.dataDir, tries === 0 ? 0 : WAIT_MS)
    if (running !== null) return { ...running, owned: false, stop: async () => {} }
    try {
      return await startOwn(config, log)
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'busy' || tries === MAX_TRIES) throw error
      log.info('another process holds the sandbox; waiting for its URL')
    }
  }
}

async function startOwn(config: Pick<Config, 'dataDir' | 'sandbox'>, log: Log): Promise<SandboxConnection> {
  const file = path.join(config.dataDir, 'sandbox.sqlite')
  const onBug = (error: Error): void => log.error({ err: error }, 'the sandbox answered 500')
  const sandbox = await asAppError(startSandbox({ file, settings: config.sandbox, onBug }))
  const { url, siteId, email, apiToken } = sandbox
  const { deployment } = config.sandbox
  try {
    await announce(config.dataDir, { sandbox: { url, siteId, email, apiToken, deployment } })
  } catch (error) {
    await sandbox.stop()
    throw error
  }
  log.info({ url, siteId }, 'sandbox started')
  let stopped: Promise<void> | undefined
  return {
    url,
    siteId,
    email,
    apiToken,
    deployment,
    owned: true,
    stop: () => (stopped ??= stopOwn(config.dataDir, sandbox, log)),
  }
}

/** What the sandbox refuses, as an error of the application. */
export async function asAppError<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error
    const { code, what, consequence, hint, retryable, cause } = error
    throw new AppError(code, what, { consequence, hint, retryable, cause })
  }
}

async function stopOwn(dataDir: string, sandbox: Sandbox, log: Log): Promise<void> {
  // First unannounced, so that no process calls a server that is closing.
  await withdraw(dataDir, ['sandbox'], log)
  await sandbox.stop()
}

async function waitForRunning(dataDir: string, patienceMs: number): Promise<RunningSandbox | null> {
  for (let waitedMs = 0; ; waitedMs += POLL_MS) {
    const running = await findRunning(dataDir)
    if (running !== null || waitedMs >= patienceMs) return running
    await sleep(POLL_MS)
  }
}

/** The announced sandbox that answers: a process may be alive and its sandbox gone, or its id another program's. */
async function findRunning(dataDir: string): Promise<RunningSandbox | null> {
  for (const { sandbox } of runningInstances(dataDir)) {
    if (sandbox !== null && (await answers(sandbox))) return sandbox
  }
  return null
}

async function answers({ url, email, apiToken }: RunningSandbox): Promise<boolean> {
  try {
    const credentials = Buffer.from(`${email}:${apiToken}`).toString('base64')
    // Its own control answers whatever mood its Jira is in.
    const response = await fetch(`${url}/sandbox/clock`, {
      headers: { authorization: `Basic ${credentials}` },
      redirect: 'error',
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
    })
    await response.body?.cancel()
    return response.ok
  } catch {
    // Refused, reset or silent: it does not answer, which is all that is asked here.
    return false
  }
}
