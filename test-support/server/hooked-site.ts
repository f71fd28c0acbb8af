import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { startTestSandbox } from '#jira-sandbox/testing'
import type { Environment } from '../../src-main/config/environment.ts'
import { atEnd } from '../end.ts'
import { freePort } from '../free-port.ts'
import type { CliFixture } from '../commands/cli.ts'

const SECRET = 'a secret between two programs'

/** A Jira of its own, in another thread, and `jira-tpm serve --hooks` in processes that may be killed. */
export async function startHookedSite(
  program: string,
  cli: CliFixture,
  environment: Environment,
  deployment: 'cloud' | 'data-center' = 'cloud',
) {
  const sandbox = await startTestSandbox({ deployment })
  atEnd(() => sandbox.stop())
  const hooksPort = await freePort()
  const url = `http://127.0.0.1:${hooksPort}/hooks/jira`
  const env = {
    ...environment,
    JIRA_URL: sandbox.url,
    ...(deployment === 'cloud' && { JIRA_USER: sandbox.email }),
    JIRA_API_KEY: sandbox.apiToken,
    JIRA_WEBHOOK_SECRET: SECRET,
  }
  const run = (...argv: string[]) => cli.run(argv, { env })
  const hooks = (what: string) => run('hooks', what, '--url', url)
  const registered = await hooks('register')
  if (registered.code !== 0) throw new Error(registered.stderr)
  const running = new Set<ChildProcess>()
  atEnd(async () => {
    for (const child of running) child.kill('SIGKILL')
  })
  return {
    sandbox,
    run,
    hooks,
    /** Returns when it serves. */
    async serve(): Promise<ChildProcess> {
      const argv = ['serve', '--port', '0', '--hooks', '--hooks-port', String(hooksPort), '--json']
      const child = spawn(process.execPath, [program, ...argv], {
        cwd: cli.cwd,
        env: { ...process.env, ...env, JIRA_TPM_DATA_DIR: cli.dataDir },
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
