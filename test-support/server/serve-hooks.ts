import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Params, Result } from '../../src-shared/contract/methods.ts'
import { runningInstances } from '../../src-main/workspace/instance.ts'
import type { CliFixture } from '../commands/cli.ts'

const EVENTS = ['created', 'updated', 'deleted'].map((event) => `jira:issue_${event}`)

type Asked = 'sync.status' | 'overview.get'

export type Served = Awaited<ReturnType<typeof startServed>>

/** `jira-tpm serve --hooks` of a demo workspace, in a process of its own, and its sandbox. */
export async function startServed(program: string, cli: CliFixture, env: Readonly<Record<string, string>>) {
  const argv = [program, 'serve', '--port', '0', '--hooks', '--json']
  const child = spawn(process.execPath, argv, {
    cwd: cli.cwd,
    env: { ...process.env, JIRA_TPM_DATA_DIR: cli.dataDir, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const { url, hooks } = JSON.parse(line) as { url: string; hooks: string }
  const made = await cli.run(['token', 'create', '--scope', 'run', '--json'])
  const { token } = JSON.parse(made.stdout) as { token: string }
  const authorization = `Bearer ${token}`

  const call = async <M extends Asked>(method: M, params: Params<M>): Promise<Result<M>> => {
    const headers = { 'content-type': 'application/json', authorization }
    const answer = await fetch(`${url}/api/${method}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(params),
    })
    const { result } = (await answer.json()) as { result: Result<M> }
    return result
  }
  const sandbox = () => runningInstances(cli.dataDir).find((one) => one.sandbox !== null)?.sandbox
  const ofSandbox = async (method: string, path: string, body?: object): Promise<unknown> => {
    const { url: address = '', email = '', apiToken = '' } = sandbox() ?? {}
    const basic = Buffer.from(`${email}:${apiToken}`).toString('base64')
    const headers = { 'content-type': 'application/json', authorization: `Basic ${basic}` }
    const text = body === undefined ? {} : { body: JSON.stringify(body) }
    const answer = await fetch(address + path, { method, headers, ...text })
    if (!answer.ok) throw new Error(`The sandbox answered ${answer.status}: ${await answer.text()}`)
    return answer.status === 204 ? null : answer.json()
  }
  return {
    child,
    /** Where webhooks are taken. */
    hooks,
    call,
    sandboxUrl: () => sandbox()?.url,
    metrics: async () => (await fetch(`${url}/metrics`, { headers: { authorization } })).text(),
    /** Has the sandbox send webhooks from now on. */
    register: (secret: string) =>
      ofSandbox('POST', '/rest/webhooks/1.0/webhook', { name: 'tpm', url: hooks, events: EVENTS, secret }),
    /** Makes a ticket of the highest priority, and tells its id. */
    addTicket: async (): Promise<string> => {
      const fields = {
        project: { key: 'TPM' },
        issuetype: { id: '10001' },
        summary: 'Somebody else made this',
        priority: { id: '1' },
      }
      return ((await ofSandbox('POST', '/rest/api/3/issue', { fields })) as { id: string }).id
    },
  }
}
