import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { announce, runningInstances } from './instance.ts'
import { testFolder } from '../../test-support/end.ts'

let dataDir: string
const children: ChildProcess[] = []

beforeEach(() => void (dataDir = testFolder()))
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

const sandbox = { url: 'http://127.0.0.1:1', siteId: 'sandbox-1', email: 'a@b.example', apiToken: 't' }
const dashboard = { url: 'http://127.0.0.1:8050', publicUrl: 'https://tpm.example' }

/** Another process that announces a dashboard and lives on. */
async function announceElsewhere(url: string): Promise<ChildProcess> {
  const source = `
    import { announce } from ${JSON.stringify(path.join(import.meta.dirname, 'instance.ts'))}
    await announce(${JSON.stringify(dataDir)}, { dashboard: { url: ${JSON.stringify(url)}, publicUrl: '' } })
    console.log('announced')
    process.stdin.resume()`
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.push(child)
  await once(child.stdout, 'data')
  return child
}

test('what is announced is found, and gone when taken back', async () => {
  await announce(dataDir, { sandbox })
  await announce(dataDir, { dashboard })
  expect(runningInstances(dataDir)).toEqual([
    { pid: process.pid, began: expect.any(String) as string, sandbox, dashboard },
  ])
  await announce(dataDir, { sandbox: null, dashboard: null })
  expect(runningInstances(dataDir)).toEqual([])
})

test("the file is the owner's alone: it holds tokens", async () => {
  await announce(dataDir, { sandbox })
  expect(statSync(path.join(dataDir, 'instance.json')).mode & 0o777).toBe(0o600)
})

test('processes that announce at once lose nothing of each other', async () => {
  const urls = Array.from({ length: 6 }, (_, n) => `http://127.0.0.1:${n + 1}`)
  await Promise.all([announce(dataDir, { sandbox }), ...urls.map(announceElsewhere)])
  const found = runningInstances(dataDir)
  expect(found.flatMap((running) => running.dashboard?.url ?? []).toSorted()).toEqual(urls)
  expect(found.find(({ pid }) => pid === process.pid)?.sandbox).toEqual(sandbox)
})

test('a process that died is left out', async () => {
  const child = await announceElsewhere('http://127.0.0.1:9')
  expect(runningInstances(dataDir)).toHaveLength(1)
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(runningInstances(dataDir)).toEqual([])
})

test.skipIf(process.platform !== 'linux')(
  'a process that died is left out though another has its id now, as ours may be that of one before us',
  async () => {
    const child = await announceElsewhere('http://127.0.0.1:9')
    await announce(dataDir, { sandbox })
    const file = path.join(dataDir, 'instance.json')
    const { processes } = JSON.parse(readFileSync(file, 'utf8')) as { processes: { began: string }[] }
    const before = processes.map((instance) => ({ ...instance, began: `1${instance.began}` }))
    writeFileSync(file, JSON.stringify({ processes: before }))
    expect(runningInstances(dataDir)).toEqual([])
    await announce(dataDir, { dashboard })
    expect(runningInstances(dataDir)).toMatchObject([{ pid: process.pid, sandbox: null, dashboard }])
    child.kill('SIGKILL')
  },
)

test.each(['', 'not json', '{}', '{"processes":[{"pid":"x"}]}'])(
  'a spoiled file %j is as none',
  async (text) => {
    writeFileSync(path.join(dataDir, 'instance.json'), text)
    expect(runningInstances(dataDir)).toEqual([])
    await announce(dataDir, { sandbox })
    expect(JSON.parse(readFileSync(path.join(dataDir, 'instance.json'), 'utf8'))).toMatchObject({
      processes: [{ pid: process.pid }],
    })
  },
)
