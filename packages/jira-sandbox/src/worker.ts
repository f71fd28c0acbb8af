import { parentPort, workerData } from 'node:worker_threads'
import { SandboxError, toRefusal } from './sandbox-error.ts'
import { startSandboxServer } from './server.ts'
import type { WorkerCommand, WorkerMessage, WorkerStart } from './worker-messages.ts'

/** The thread that a sandbox runs in, so that a busy Jira does not hold up the process that talks to it. */

const port = parentPort
if (port === null) throw new Error('This file is the entry of a worker thread')
const say = (message: WorkerMessage): void => port.postMessage(message)

try {
  const server = await startSandboxServer({
    ...(workerData as WorkerStart),
    clock: Date,
    onBug: (error) => say({ kind: 'bug', error: error instanceof Error ? error : new Error(String(error)) }),
  })
  port.on('message', (_command: WorkerCommand) => {
    void server.stop().then(() => port.close())
  })
  const { url, siteId, email, apiToken } = server
  say({ kind: 'ready', url, siteId, email, apiToken })
} catch (error) {
  if (!(error instanceof SandboxError)) throw error
  say({ kind: 'refused', error: toRefusal(error) })
}
