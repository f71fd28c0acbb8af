import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { EVENTS, wantedWebhook } from '../../src-main/commands/hooks/registration.ts'
import type { Environment } from '../../src-main/config/environment.ts'
import { atEnd } from '../end.ts'
import type { CliFixture } from '../commands/cli.ts'

const SECRET = 'a secret between two programs'

/** A Jira of its own, in another thread, and `jira-tpm serve --hooks` in processes that may be killed. */
export async function startHookedSite(program: string, cli: CliFixture, environment: Environment) {
  const sandbox = await startTestSandbox()
  atEnd(() => sandbox.stop())
  const hooksPort = await freePort()
  const url = `http://127.0.0.1:${hooksPort}/hooks/jira`
  await register(sandbox, url)
  const running = new Set<ChildProcess>()
  atEnd(async () => {
    for (const child of running) child.kill('SIGKILL')
  })
  return {
    sandbox,
    /** Returns when it serves. */
    async serve(): Promise<ChildProcess> {
      const argv = ['serve', '--port', '0', '--hooks', '--hooks-port', String(hooksPort), '--json']
      const child = spawn(process.execPath, [program, ...argv], {
        cwd: cli.cwd,
        env: {
          ...process.env,
          ...environment,
          JIRA_TPM_DATA_DIR: cli.dataDir,
          JIRA_URL: sandbox.url,
          JIRA_USER: sandbox.email,
          JIRA_API_KEY: sandbox.apiToken,
          JIRA_WEBHOOK_SECRET: SECRET,
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      running.add(child)
      child.once('exit', () => running.delete(child))
      await once(createInterface(child.stdout), 'line')
      return child
    },
    /** How webhooks have fared. */
    deliveries: async () =>
      (await sandbox.request('GET', '/sandbox/deliveries')).body as {
        waiting: number
        toRepeat: number
        accepted: number
        refused: number
        lost: number
      },
  }
}

async function register(sandbox: TestSandbox, url: string): Promise<void> {
  const { name, jql } = wantedWebhook(url, null)
  const body = {
    name,
    url,
    events: EVENTS,
    filters: { 'issue-related-events-section': jql },
    excludeBody: false,
    secret: SECRET,
  }
  const { status } = await sandbox.request('POST', '/rest/webhooks/1.0/webhook', body)
  if (status !== 201) throw new Error(`The sandbox answered ${status}`)
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
