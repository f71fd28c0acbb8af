import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { expect } from 'vitest'
import { startTestServer, type TestServer } from './server.ts'

/** A webhook as it arrived. */
interface ReceivedHook {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  /** As it was sent, byte by byte. */
  readonly text: string
  readonly body: {
    readonly webhookEvent: string
    readonly issue: { readonly id: string; readonly key: string; readonly fields: Record<string, unknown> }
    readonly changelog?: { readonly items: readonly Record<string, unknown>[] }
    readonly timestamp: number
  } | null
}

/** Takes webhooks on 127.0.0.1, and answers with the next of `statuses`, or 204. */
export async function startHookReceiver(statuses: number[] = [], port = 0) {
  const hooks: ReceivedHook[] = []
  let isHanging = false
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const text = Buffer.concat(parts).toString()
      hooks.push({
        headers: request.headers,
        text,
        body: text === '' ? null : (JSON.parse(text) as ReceivedHook['body']),
      })
      if (!isHanging) response.writeHead(statuses.shift() ?? 204).end()
    })
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${address.port}/hooks/jira`,
    hooks,
    /** Event and key of each, in the order in which they came. */
    said: () =>
      hooks.map(({ body }) => `${body?.webhookEvent.slice('jira:issue_'.length)} ${body?.issue.key}`),
    statuses,
    /** From now on nothing is answered. */
    hang(): void {
      isHanging = true
    },
    /** May be called twice. */
    async stop() {
      if (!server.listening) return
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Cloud has webhooks here, and Data Center until version 9. */
export const CLASSIC = '/rest/webhooks/1.0/webhook'
/** Data Center from version 10 on. */
export const SERVER_10 = '/rest/jira-webhook/1.0/webhooks'
export const EVENTS = ['jira:issue_created', 'jira:issue_updated', 'jira:issue_deleted']
export const SECRET = 'It is a secret'

export type HookedServer = Awaited<ReturnType<typeof startHookedServer>>

/** A sandbox with the projects TPM and OPS, and somebody who takes its webhooks once they are registered. */
export async function startHookedServer(overrides: Parameters<typeof startTestServer>[0] = {}) {
  const projects = ['TPM', 'OPS'].map((key) => ({ key, name: key }))
  const receiver = await startHookReceiver()
  const sandbox: TestServer = await startTestServer({ projects, ...overrides })
  const registration = (jql = '') => ({
    name: 'tpm',
    url: receiver.url,
    events: EVENTS,
    filters: { 'issue-related-events-section': jql },
    excludeBody: false,
    secret: SECRET,
  })
  const counts = async (): Promise<unknown> => (await sandbox.request('GET', '/sandbox/deliveries')).body
  return {
    sandbox,
    receiver,
    registration,
    counts,
    async register(jql = ''): Promise<void> {
      expect((await sandbox.request('POST', CLASSIC, registration(jql))).status).toBe(201)
    },
    /** Waits until nothing is on its way any more. */
    async settled(): Promise<void> {
      await expect.poll(counts, { interval: 5, timeout: 5_000 }).toMatchObject({ waiting: 0 })
    },
    async stop(): Promise<void> {
      await sandbox.stop()
      await receiver.stop()
      if (sandbox.bugs.length > 0) throw new AggregateError(sandbox.bugs, 'A request met a bug')
    },
  }
}
