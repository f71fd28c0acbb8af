import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { request } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { handOver } from './hand-over.ts'

const LINK = 'http://127.0.0.1:8050/#code=planted'

async function served() {
  const { url, close } = await handOver(LINK)
  onTestFinished(close)
  return url
}

function ask(url: string, init: RequestInit = {}) {
  return fetch(url, { ...init, redirect: 'manual' })
}

test('the first who comes gets the link, nobody after that', async () => {
  const url = await served()
  expect(url).not.toContain('planted')
  const answer = await ask(url)
  expect(answer.status).toBe(303)
  expect(answer.headers.get('location')).toBe(LINK)
  expect(answer.headers.get('cache-control')).toBe('no-store')
  await expect(ask(url)).rejects.toThrow('fetch failed')
})

test('another path, method or name gets nothing, and uses nothing up', async () => {
  const url = await served()
  expect((await ask(new URL('/', url).href)).status).toBe(404)
  expect((await ask(`${url}x`)).status).toBe(404)
  expect((await ask(url, { method: 'POST' })).status).toBe(404)
  const { port, pathname } = new URL(url)
  const foreign = request({
    host: '127.0.0.1',
    port,
    path: pathname,
    headers: { host: 'evil.example' },
  }).end()
  const [answer] = (await once(foreign, 'response')) as [{ statusCode: number; resume(): void }]
  answer.resume()
  expect(answer.statusCode).toBe(404)
  expect((await ask(url)).headers.get('location')).toBe(LINK)
})

/** Only root may become somebody else. */
const canBeAnother =
  process.platform === 'linux' && process.getuid?.() === 0 && spawnSync('true', { uid: 65_534 }).status === 0

test.runIf(canBeAnother)(
  'another user of this machine gets nothing, whatever that one has read',
  async () => {
    const url = await served()
    const asked = `fetch(${JSON.stringify(url)}, { redirect: 'manual' }).then((answer) => process.stdout.write(String(answer.status)))`
    const child = spawn(process.execPath, ['-e', asked], {
      uid: 65_534,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [status] = (await once(child.stdout, 'data')) as [Buffer]
    expect(String(status)).toBe('404')
    expect((await ask(url)).headers.get('location')).toBe(LINK)
  },
)
