import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, inject, test } from 'vitest'
import { DEFAULT_SANDBOX } from '#jira-sandbox'
import { announce, runningInstances } from './instance.ts'
import { openSandbox, type SandboxConnection } from './sandbox-connection.ts'
import { testFolder } from '../../test-support/end.ts'

let dataDir: string
const opened: SandboxConnection[] = []
const children: ChildProcess[] = []
const log = pino({ level: 'silent' })

beforeEach(() => void (dataDir = testFolder()))
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await Promise.all(opened.splice(0).map((connection) => connection.stop()))
})

async function open(): Promise<SandboxConnection> {
  const connection = await openSandbox({ config: { dataDir, sandbox: DEFAULT_SANDBOX }, log })
  opened.push(connection)
  return connection
}

async function serverInfo({ url, email, apiToken }: SandboxConnection): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}`
  const response = await fetch(`${url}/rest/api/3/myself`, { headers: { authorization } })
  return response.status
}

test('the first one starts it, the next ones use it by its URL', async () => {
  const first = await open()
  const second = await open()
  expect([first.owned, second.owned]).toEqual([true, false])
  expect(second.url).toBe(first.url)
  expect(await serverInfo(second)).toBe(200)
})

test("who only uses it leaves it running; its owner's stop ends and unannounces it", async () => {
  const first = await open()
  const second = await open()
  await second.stop()
  expect(await serverInfo(first)).toBe(200)
  await first.stop()
  await first.stop()
  expect(runningInstances(dataDir)).toEqual([])
  await expect(serverInfo(first)).rejects.toThrow('fetch failed')
})

test('those who begin at once share one', async () => {
  const connections = await Promise.all([open(), open(), open()])
  expect(connections.filter(({ owned }) => owned)).toHaveLength(1)
  expect(new Set(connections.map(({ url }) => url)).size).toBe(1)
})

test('an announced sandbox that does not answer is passed over', async () => {
  await announce(dataDir, {
    sandbox: { url: 'http://127.0.0.1:9', siteId: 'gone', email: 'a@b.example', apiToken: 't' },
  })
  const connection = await open()
  expect(connection.owned).toBe(true)
  expect(await serverInfo(connection)).toBe(200)
})

test('after its process was killed the next one starts it anew, with the same site', async () => {
  const child = spawn(
    process.execPath,
    [inject('programs').cli, 'sandbox', '--json', '--data-dir', dataDir],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  children.push(child)
  const [printed] = (await once(child.stdout, 'data')) as [Buffer]
  expect((await open()).owned).toBe(false)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const connection = await open()
  expect(connection.owned).toBe(true)
  expect(connection.siteId).toBe((JSON.parse(printed.toString()) as { siteId: string }).siteId)
})
