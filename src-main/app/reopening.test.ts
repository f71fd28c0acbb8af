import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createApp, type App } from './app.ts'
import { readConfig } from '../config/read-config.ts'
import { passesByItself } from './reopening.ts'
import { startTestSandbox, type TestSandbox } from '#jira-sandbox/testing'
import { createSecrets } from '../secrets/secrets.ts'
import { createMemoryKeychain } from '../../test-support/secrets/secrets.ts'
import { atEnd } from '../../test-support/end.ts'

let site: TestSandbox
beforeAll(async () => {
  site = await startTestSandbox()
  await site.add({ priority: { id: '2' } })
})
afterAll(() => site.stop())

async function listen(server: Server, port: number): Promise<Server> {
  await once(server.listen(port, '127.0.0.1'), 'listening')
  return server
}

/** A port that nobody listens at, until `open`: then it leads to the site. */
async function lateSite(): Promise<{ url: string; open(): Promise<void> }> {
  const reserved = await listen(createServer(), 0)
  const { port } = reserved.address() as AddressInfo
  reserved.close()
  return {
    url: `http://127.0.0.1:${port}`,
    async open() {
      const sitePort = Number(new URL(site.url).port)
      const server = await listen(
        createServer((socket) => {
          const to = connect(sitePort, '127.0.0.1')
          for (const end of [socket, to]) end.on('error', () => [socket, to].map((other) => other.destroy()))
          socket.pipe(to).pipe(socket)
        }),
        port,
      )
      atEnd(async () => void server.close())
    },
  }
}

async function openApp(jiraUrl: string): Promise<App> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'tpm-reopening-'))
  atEnd(() => rm(dataDir, { recursive: true }))
  const env = { JIRA_URL: jiraUrl, JIRA_USER: site.email, JIRA_API_KEY: site.apiToken }
  const log = pino({ level: 'silent' })
  const secrets = createSecrets({ dataDir, log, keychain: createMemoryKeychain() })
  const config = readConfig({ flags: { dataDir }, env, cwd: dataDir })
  const app = createApp(config, { log, secrets, background: false, staysOpen: true })
  atEnd(() => app.stop())
  return app
}

test('who stays open goes on by itself when a Jira that was out of reach is there', async () => {
  const late = await lateSite()
  const app = await openApp(late.url)
  await expect(app.opened()).rejects.toMatchObject({ code: 'jira-unreachable', retryable: true })
  expect(app.readiness()).toMatchObject({ ok: false })
  await late.open()
  await vi.waitFor(() => app.opened(), 20_000)
  expect(await app.client.call('sync.now', {})).toMatchObject({ fetched: 1 })
  expect(app.readiness()).toMatchObject({ ok: true })
})

test.each([
  ['jira-unreachable', true, true],
  ['jira-limited', true, true],
  ['secrets-unavailable', true, true],
  ['secrets-unavailable', false, false], // a keychain that a person must unlock
  ['not-authenticated', false, false], // asked again and again, the account would be locked
  ['store-unavailable', true, false], // it sees to itself
] as const)('%s, retryable %j: is opened again by itself: %j', (code, retryable, passes) =>
  expect(passesByItself({ code, retryable })).toBe(passes),
)
