import { X509Certificate } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import path from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { THIS_MACHINE } from '../config/server-config.ts'
import { makeCertificate, type KeyPair } from '../../test-support/jira/tls.ts'
import { createHandClock } from '../../test-support/sync/clock.ts'
import { startServer, type ServerFixture } from '../../test-support/server/server.ts'
import { openRaw, readRaw } from '../../test-support/server/raw.ts'
import { readTls } from './tls-files.ts'
import { testFolder } from '../../test-support/end.ts'

const MOST = 20
const DAY_MS = 24 * 3_600_000
const now = Date.now()

function make(fromMs: number, toMs: number): Promise<KeyPair> {
  return makeCertificate({ notBefore: new Date(fromMs), notAfter: new Date(toMs) })
}

function fingerprintOf({ cert }: KeyPair): string {
  return new X509Certificate(cert).fingerprint
}

let first: KeyPair
let second: KeyPair
beforeAll(async () => {
  first = await make(now - DAY_MS, now + 10 * DAY_MS)
  second = await make(now - DAY_MS, now + 20 * DAY_MS)
})

let folder: string
let files: { certFile: string; keyFile: string }
beforeEach(() => {
  folder = testFolder()
  files = { certFile: path.join(folder, 'cert.pem'), keyFile: path.join(folder, 'key.pem') }
  put(first)
})

function put({ cert, key }: KeyPair): void {
  writeFileSync(files.certFile, cert)
  writeFileSync(files.keyFile, key)
}

describe('files', () => {
  test('that work together are taken', () => {
    expect(readTls(files, now).validToMs).toBeGreaterThan(now)
  })

  test.each([
    ['a missing certificate', () => rmSync(files.certFile), /cert\.pem cannot be read .*ENOENT/],
    ['a missing key', () => rmSync(files.keyFile), /key\.pem cannot be read .*ENOENT/],
    ['text for a certificate', () => put({ ...first, cert: 'hello' }), /cert\.pem is no PEM certificate/],
    ['a key for a certificate', () => put({ ...first, cert: first.key }), /cert\.pem is no PEM certificate/],
    ['text for a key', () => put({ ...first, key: 'hello' }), /key\.pem is no private key/],
    ['another key', () => put({ ...first, key: second.key }), /key\.pem is not the key of/],
  ])('%s is refused and named, and nothing of the key is told', (_name, spoil, says) => {
    spoil()
    expect(() => readTls(files, now)).toThrow(says)
    expect(() => readTls(files, now)).not.toThrow('PRIVATE KEY')
  })

  test('a certificate that ran out, and one whose time has not come', () => {
    expect(() => readTls(files, now + 11 * DAY_MS)).toThrow(/ran out at 20/)
    expect(() => readTls(files, now - 2 * DAY_MS)).toThrow(/valid only from 20/)
  })
})

interface Answer {
  readonly status: number
  readonly fingerprint: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

describe('a server with TLS', () => {
  let fixture: ServerFixture
  let clock: ReturnType<typeof createHandClock>
  beforeEach(async () => {
    clock = createHandClock(now)
    const access = { ...THIS_MACHINE, tls: files, publicUrl: 'https://tpm.example.com' }
    fixture = await startServer({
      access,
      clock,
      limits: { headersTimeoutMs: 300, checkEveryMs: 50, maxConnections: MOST },
    })
  })
  afterEach(() => fixture.close())

  /** Over a connection of its own. */
  function get(where: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const asked = request(
        {
          port: fixture.port,
          host: '127.0.0.1',
          path: where,
          agent: false,
          rejectUnauthorized: false,
          headers: { host: 'tpm.example.com', ...headers },
        },
        (response) => {
          const { fingerprint } = (response.socket as TLSSocket).getPeerCertificate()
          response
            .resume()
            .on('end', () =>
              resolve({ status: response.statusCode ?? 0, fingerprint, headers: response.headers }),
            )
        },
      )
      asked.on('error', reject).end()
    })
  }

  test('answers by https with HSTS, and is known by that address', async () => {
    const answer = await get('/health')
    expect(answer.status).toBe(200)
    expect(answer.headers['strict-transport-security']).toMatch(/^max-age=\d+$/)
    expect(fixture.link).toMatch(/^https:\/\/tpm\.example\.com\/#code=/)
    expect((await get('/health', { host: 'evil.example' })).status).toBe(403)
  })

  test('the cookie of its session goes over https alone', async () => {
    const code = new URL(fixture.link).hash.replace('#code=', '')
    const cookie = await new Promise<string>((resolve, reject) => {
      const headers = {
        host: 'tpm.example.com',
        'content-type': 'application/json',
        origin: 'https://tpm.example.com',
      }
      const asked = request(
        {
          method: 'POST',
          port: fixture.port,
          host: '127.0.0.1',
          path: '/api/session',
          agent: false,
          rejectUnauthorized: false,
          headers,
        },
        (response) => resolve(String(response.resume().headers['set-cookie'])),
      )
      asked.on('error', reject).end(JSON.stringify({ code }))
    })
    expect(cookie).toMatch(/^__Host-.*; Secure/)
  })

  test('events come by wss', async () => {
    const socket = new WebSocket(`wss://127.0.0.1:${fixture.port}/api/events`, {
      rejectUnauthorized: false,
      origin: 'https://tpm.example.com',
      headers: { host: 'tpm.example.com', authorization: `Bearer ${fixture.token}` },
    })
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
    // Strangers make room for each other, and the caller who is known stays.
    const ends = Array.from({ length: 2 * MOST }, () => readRaw(openRaw(fixture.port)))
    await Promise.all(ends)
    expect(socket.readyState).toBe(socket.OPEN)
    socket.terminate()
  })

  test('plain HTTP gets nothing, and a connection that does not begin TLS ends', async () => {
    const plain = openRaw(fixture.port)
    plain.write('GET /health HTTP/1.1\r\nHost: tpm.example.com\r\n\r\n')
    expect((await readRaw(plain)).statuses).not.toContain(200)
    expect((await readRaw(openRaw(fixture.port))).text).toBe('')
  })

  test('a renewed certificate is shown without a start anew; half of one, or one that ran out, is not', async () => {
    expect((await get('/health')).fingerprint).toBe(fingerprintOf(first))
    writeFileSync(files.certFile, second.cert)
    clock.jump(10_000)
    expect((await get('/health')).fingerprint).toBe(fingerprintOf(first))
    put(await make(now - 2 * DAY_MS, now - DAY_MS))
    clock.jump(10_000)
    expect((await get('/health')).fingerprint).toBe(fingerprintOf(first))
    put(second)
    clock.jump(10_000)
    await expect.poll(async () => (await get('/health')).fingerprint).toBe(fingerprintOf(second))
  })
})
