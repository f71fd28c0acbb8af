import { once } from 'node:events'
import { expect, test } from 'vitest'
import { makeCertificate, startProxy, startTlsServer, writeTestFile } from '../../../test-support/jira/tls.ts'
import { testNetwork } from '../../../test-support/jira/transport.ts'
import { connectionProblem } from './connection-error.ts'
import type { ExchangeFailure } from './exchange.ts'

const { signal } = new AbortController()
const FACTS = { proxy: 'proxy:1', connectMs: 1_000, redact: (text: string) => text }

async function problemOf(opening: Promise<unknown>): Promise<unknown> {
  return opening.then(
    () => null,
    (error: unknown) => connectionProblem(error as ExchangeFailure, FACTS),
  )
}

test('a socket is encrypted to a server that is believed, by the proxy that leads there', async () => {
  const authority = await makeCertificate({ names: ['Root'], isAuthority: true })
  const server = await startTlsServer(await makeCertificate({ issuer: authority, names: ['a.example.com'] }))
  const caFile = await writeTestFile('ca.pem', authority.cert)
  const proxy = await startProxy(server.port)
  const proxies = { httpProxy: null, httpsProxy: proxy.url.replace('//', '//me:s3cret@'), noProxy: null }
  const url = new URL(`https://a.example.com:${server.port}`)
  const socket = await testNetwork({ caFile, proxies }).openSocket(url, signal)
  socket.write('GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n')
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(answer.toString()).toContain('200 OK')
  expect(proxy.asked).toEqual([`CONNECT a.example.com:${server.port}`])
  expect(proxy.authorizations).toEqual([`Basic ${Buffer.from('me:s3cret').toString('base64')}`])
  socket.destroy()
  expect(await problemOf(testNetwork({ proxies }).openSocket(url, signal))).toMatchObject({
    kind: 'untrusted',
  })
})

test('a proxy that refuses, an address where nothing listens, and one that does not answer in time', async () => {
  const url = new URL('https://a.example.com')
  const by = async (mood: 403 | 'holds', connectMs: number): Promise<unknown> => {
    const { url: httpsProxy } = await startProxy(1, mood)
    const proxies = { httpProxy: null, httpsProxy, noProxy: null }
    return problemOf(testNetwork({ proxies, connectMs }).openSocket(url, signal))
  }
  expect(await by(403, 5_000)).toMatchObject({
    reason: 'the proxy proxy:1 does not let us through (HTTP 403)',
  })
  expect(await by('holds', 100)).toMatchObject({
    kind: 'not-connected',
    reason: expect.stringContaining('no connection was made within') as string,
  })
  expect(await problemOf(testNetwork().openSocket(new URL('http://127.0.0.1:1'), signal))).toMatchObject({
    code: 'ECONNREFUSED',
  })
})

test('one that is given up is not opened', async () => {
  const given = AbortSignal.abort(new Error('given up'))
  await expect(testNetwork().openSocket(new URL('http://127.0.0.1:1'), given)).rejects.toMatchObject({
    sent: false,
    cause: { message: 'given up' },
  })
})
