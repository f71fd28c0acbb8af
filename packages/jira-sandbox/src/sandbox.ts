import { Worker } from 'node:worker_threads'
import type { SandboxCredentials } from './database/meta.ts'
import { fromRefusal, SandboxError } from './sandbox-error.ts'
import type { SandboxSettings } from './settings.ts'
import { workerFile } from './worker-file.ts'
import type { WorkerCommand, WorkerMessage, WorkerStart } from './worker-messages.ts'

/** The built-in Jira: a real HTTP server on 127.0.0.1 that speaks Jira Cloud's REST API v3. */
export interface Sandbox {
  readonly url: string
  readonly siteId: string
  readonly email: string
  readonly apiToken: string
  /** Settles only if the sandbox ends without having been stopped, with the reason. */
  readonly died: Promise<SandboxError>
  /** Ends it: connections are closed, its tickets and clock are in the file. May be called twice. */
  stop(): Promise<void>
}

export interface SandboxOptions {
  /** Its database; made where it is missing. One sandbox a file. */
  readonly file: string
  readonly settings: SandboxSettings
  /** Otherwise those of the file are used, which a new file makes up. */
  readonly credentials?: SandboxCredentials
  /** Aborted: the sandbox is stopped, also in the middle of its start. */
  readonly signal?: AbortSignal
  /** Called with errors inside the sandbox that its caller saw as a 500. */
  readonly onBug?: (error: Error) => void
}

const STOP_GRACE_MS = 1_000

/**
 * Starts a sandbox in a thread of its own. Throws a SandboxError: `busy` where another one serves the file, `usage`,
 * `port-in-use`, `store-not-a-database`, `store-newer`, `store-full`, `folder-not-writable`, or `cancelled`.
 */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { file, settings, credentials, signal } = options
  if (signal?.aborted === true) throw cancelled(signal)
  const start: WorkerStart = { file, settings, credentials }
  const worker = new Worker(workerFile(), { workerData: start })
  const died = Promise.withResolvers<SandboxError>()
  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => (stopping ??= stopWorker(worker))
  const abort = (): void => void stop()
  signal?.addEventListener('abort', abort, { once: true })

  let failure: unknown
  worker.on('error', (error) => (failure = error))
  worker.once('exit', () => {
    signal?.removeEventListener('abort', abort)
    if (stopping === undefined) died.resolve(death(failure))
  })
  try {
    const ready = await firstWord(worker, died.promise, signal)
    worker.on('message', (message: WorkerMessage) => {
      if (message.kind === 'bug') options.onBug?.(message.error)
    })
    return { ...ready, died: died.promise, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

type Ready = Pick<Sandbox, 'url' | 'siteId' | 'email' | 'apiToken'>

/** Waits until the worker is ready. Throws what it was refused for. */
async function firstWord(
  worker: Worker,
  died: Promise<SandboxError>,
  signal: AbortSignal | undefined,
): Promise<Ready> {
  const word = new Promise<WorkerMessage>((resolve) => worker.once('message', resolve))
  const exit = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  const first = await Promise.race([word, died, exit])
  if (signal?.aborted === true) throw cancelled(signal)
  if (first === undefined) throw death(undefined)
  if (first instanceof SandboxError) throw first
  if (first.kind === 'refused') throw fromRefusal(first.error)
  if (first.kind === 'bug') throw first.error
  const { url, siteId, email, apiToken } = first
  return { url, siteId, email, apiToken }
}

/** Asks the worker to end, and ends it where it does not within a second. */
async function stopWorker(worker: Worker): Promise<void> {
  const exit = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
  if (worker.threadId === -1) return
  worker.postMessage('stop' satisfies WorkerCommand)
  const timer = setTimeout(() => void worker.terminate(), STOP_GRACE_MS)
  await exit
  clearTimeout(timer)
}

function death(cause: unknown): SandboxError {
  const reason = cause instanceof Error ? `: ${cause.message}` : ''
  return new SandboxError('jira-unreachable', `The sandbox Jira has ended unexpectedly${reason}.`, {
    consequence: 'Its tickets are safe.',
    hint: 'Start Jira TPM again to go on with it.',
    cause,
  })
}

function cancelled(signal: AbortSignal): SandboxError {
  return new SandboxError('cancelled', 'The sandbox Jira was not started.', { cause: signal.reason })
}
