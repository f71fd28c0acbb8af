import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import type { EventPayload } from '../../src-shared/contract/events.ts'
import {
  CONTRACT_VERSION,
  LEAST_CLIENT,
  LEAST_CLIENT_HEADER,
  SERVED_VERSIONS,
  SOCKET_PROTOCOL,
  VERSION_HEADER,
} from '../../src-shared/contract/version.ts'
import { startServer, type ServerFixture } from '../../test-support/server/server.ts'

const OURS = String(CONTRACT_VERSION)
const SERVED = SERVED_VERSIONS.join(', ')

let server: ServerFixture
beforeAll(async () => {
  server = await startServer()
})
afterAll(() => server.close())

function ask(version: string): Promise<Response> {
  const body = JSON.stringify({ fromMs: 1, toMs: 2 })
  return server.call('/api/counts.outside', { body, headers: { [VERSION_HEADER]: version } })
}

test('each answer says which versions are served, to whoever is of one of them or says none', async () => {
  for (const answer of [
    await ask(OURS),
    await ask(String(CONTRACT_VERSION - 1)),
    await server.call('/api/counts.outside'),
  ]) {
    expect(answer.headers.get(VERSION_HEADER)).toBe(SERVED)
    expect(answer.headers.get(LEAST_CLIENT_HEADER)).toBe(LEAST_CLIENT)
    expect(answer.status).not.toBe(409)
  }
})

test.each([
  { version: String(CONTRACT_VERSION + 1), hint: 'Update Jira TPM where it runs' },
  { version: '0', hint: 'Update the program that called' },
  { version: 'what', hint: 'Update the program that called' },
])('a caller of version $version is refused, and told what to update', async ({ version, hint }) => {
  const answer = await ask(version)
  expect([answer.status, answer.headers.get(VERSION_HEADER)]).toEqual([409, SERVED])
  expect(await answer.json()).toMatchObject({
    error: { code: 'other-version', hint: expect.stringContaining(hint) as string },
  })
})

test('the first message of a socket says which versions are served', async () => {
  const headers = { authorization: `Bearer ${server.token}` }
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/events`, { headers })
  const [data] = (await once(socket, 'message')) as [Buffer]
  expect(JSON.parse(data.toString())).toEqual({
    event: 'contract.hello',
    payload: { versions: SERVED_VERSIONS, leastClient: LEAST_CLIENT },
  })
  socket.terminate()
})

const run = { runId: 'r1', state: 'paused', cause: { code: 'requested' } }

test.each([
  { says: 'nothing', protocols: [], headers: {}, told: run },
  { says: 'this version', protocols: [`${SOCKET_PROTOCOL}${OURS}`], headers: {}, told: run },
  {
    says: 'the one before, as a browser can',
    protocols: [`${SOCKET_PROTOCOL}${CONTRACT_VERSION - 1}`],
    headers: {},
    told: expect.objectContaining({ reason: 'It was paused. Resume it to go on.' }) as object,
  },
  {
    says: 'the one before in the header',
    protocols: [],
    headers: { [VERSION_HEADER]: String(CONTRACT_VERSION - 1) },
    told: expect.objectContaining({ reason: 'It was paused. Resume it to go on.' }) as object,
  },
])(
  'a socket that says $says is told events as that version has them',
  async ({ protocols, headers, told }) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/events`, protocols, {
      headers: { authorization: `Bearer ${server.token}`, ...headers },
    })
    await once(socket, 'message')
    const next = once(socket, 'message') as Promise<[Buffer]>
    server.hub.publish('run.changed', run as EventPayload<'run.changed'>)
    const [data] = await next
    expect(JSON.parse(data.toString())).toEqual({ event: 'run.changed', payload: told })
    expect(socket.protocol).toBe(protocols[0] ?? '')
    socket.terminate()
  },
)

test('a socket of a version that is not served is refused as a call is', async () => {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/events`, [`${SOCKET_PROTOCOL}9`], {
    headers: { authorization: `Bearer ${server.token}` },
  })
  const [refusal] = (await once(socket, 'error')) as [Error]
  expect(refusal.message).toContain('409')
})
