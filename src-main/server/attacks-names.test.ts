import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { THIS_MACHINE } from '../config/server-config.ts'
import { startServer, type ServerFixture } from '../../test-support/server/server.ts'
import { head, openRaw, sendRaw, type RawAnswer } from '../../test-support/server/raw.ts'

const PUBLIC = 'https://tpm.example.com'
const NAME = 'tpm.example.com'

let fixture: ServerFixture
beforeAll(async () => {
  fixture = await startServer({ access: { ...THIS_MACHINE, behindProxy: true, publicUrl: PUBLIC } })
})
afterAll(() => fixture.close())

function page(headers: Readonly<Record<string, string>> & { readonly host: string }): Promise<RawAnswer> {
  return sendRaw(fixture.port, head('GET / HTTP/1.1', headers))
}

function trade(code: string, headers: Readonly<Record<string, string>>): Promise<RawAnswer> {
  const body = JSON.stringify({ code })
  const all = {
    host: NAME,
    'Content-Type': 'application/json',
    'Content-Length': String(body.length),
    ...headers,
  }
  return sendRaw(fixture.port, head('POST /api/session HTTP/1.1', all) + body)
}

describe('a server with a public URL', () => {
  test('prints its links by that', () => {
    expect(fixture.link).toMatch(new RegExp(`^${PUBLIC}/#code=`))
  })

  test.each([NAME, `${NAME}:443`, 'TPM.Example.COM'])('is open by its name, %s', async (host) => {
    const answer = await page({ host })
    expect(answer.statuses).toEqual([200])
    expect(answer.header('strict-transport-security')).toContain('max-age=')
    expect(answer.header('content-security-policy')).toContain(`connect-src 'self' wss://${NAME};`)
  })

  test('keeps a connection longer than the proxy does', async () => {
    const socket = openRaw(fixture.port)
    socket.write(`GET /health HTTP/1.1\r\nHost: ${NAME}\r\n\r\n`)
    const [answer] = (await once(socket, 'data')) as [Buffer]
    expect(answer.toString()).toMatch(/^Keep-Alive: timeout=150\r$/m)
    socket.destroy()
  })

  test('and on this machine by its own, for what looks after it', async () => {
    expect((await page({ host: `127.0.0.1:${fixture.port}` })).statuses).toEqual([200])
  })

  test.each(['evil.example', `${NAME}:8443`, `${NAME}.evil.example`, `x.${NAME}`, '127.0.0.1', ''])(
    'by the name %j it is refused: DNS rebinding',
    async (host) => {
      expect((await page({ host, 'X-Forwarded-Host': NAME })).statuses).toEqual([403])
    },
  )

  test.each([
    'http://tpm.example.com',
    'https://evil.example',
    'null',
    'https://tpm.example.com:8443',
    'http://127.0.0.1',
    '',
  ])('Origin %j is refused: another site', async (origin) => {
    expect((await trade('guess', { Origin: origin })).statuses).toEqual([403])
  })

  test('its own Origin is not', async () => {
    expect((await trade('guess', { Origin: PUBLIC })).statuses).toEqual([401])
  })

  test('its own Origin with a name of this machine is: they are two pages', async () => {
    expect((await trade('guess', { host: `localhost:${fixture.port}`, Origin: PUBLIC })).statuses).toEqual([
      403,
    ])
  })

  test.each([
    ['another Origin', { origin: 'https://evil.example' }],
    ['another Host', { headers: { host: 'evil.example' } }],
  ])('a WebSocket with %s: 403', async (_name, options) => {
    const authorization = `Bearer ${fixture.token}`
    const { headers, ...rest } = { headers: {}, ...options }
    const socket = new WebSocket(`ws://127.0.0.1:${fixture.port}/api/events`, {
      ...rest,
      headers: { host: NAME, authorization, ...headers },
    })
    socket.on('error', () => {})
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }]
    expect(response.statusCode).toBe(403)
    socket.terminate()
  })
})
