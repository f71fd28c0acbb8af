import { once } from 'node:events'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { CONTRACT_VERSION, VERSION_HEADER } from '../../src-shared/contract/version.ts'
import { startServer, type ServerFixture } from '../../test-support/server/server.ts'

const OURS = String(CONTRACT_VERSION)

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
  for (const answer of [await ask(OURS), await server.call('/api/counts.outside')]) {
    expect(answer.headers.get(VERSION_HEADER)).toBe(OURS)
    expect(answer.status).not.toBe(409)
  }
})

test.each([
  { version: String(CONTRACT_VERSION + 1), hint: 'Update Jira TPM where it runs' },
  { version: '0', hint: 'Update the program that called' },
  { version: 'what', hint: 'Update the program that called' },
])('a caller of version $version is refused, and told what to update', async ({ version, hint }) => {
  const answer = await ask(version)
  expect([answer.status, answer.headers.get(VERSION_HEADER)]).toEqual([409, OURS])
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
    payload: { versions: [CONTRACT_VERSION] },
  })
  socket.terminate()
})
