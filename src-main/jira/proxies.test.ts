import { describe, expect, test } from 'vitest'
import type { ProxySettings } from './network/network.ts'
import { makeCertificate, startProxy, startTlsServer, writeTestFile } from '../../test-support/jira/tls.ts'
import { GET, testNetwork, transportTo } from '../../test-support/jira/transport.ts'
import { startRawServer } from '../../test-support/jira/jira.ts'
import type { Transport } from './transport.ts'

const never = new AbortController().signal
const SITE = 'https://jira.example.com'

/** A Jira that can be reached by a proxy alone, since its name means nothing here. */
async function startSite() {
  const certificate = await makeCertificate({ names: ['jira.example.com'] })
  return { ...(await startTlsServer(certificate)), caFile: await writeTestFile('ca.pem', certificate.cert) }
}

function through(
  httpsProxy: string,
  more: Partial<ProxySettings> & { caFile: string; connectMs?: number },
): Transport {
  const { caFile, connectMs = 10_000, ...rest } = more
  const proxies = { httpProxy: null, httpsProxy, noProxy: null, ...rest }
  return transportTo(SITE, { network: testNetwork({ proxies, caFile, connectMs }) })
}

test('a request goes through the proxy by CONNECT, and the token is not for the proxy', async () => {
  const site = await startSite()
  const proxy = await startProxy(site.port)
  expect((await through(proxy.url, site)(GET, never)).data).toEqual({})
  expect(proxy.asked).toEqual(['CONNECT jira.example.com:443'])
  expect(proxy.authorizations).toEqual([undefined])
  expect(site.authorizations).toHaveLength(1)
})

test('a proxy’s user and password go to the proxy', async () => {
  const site = await startSite()
  const proxy = await startProxy(site.port)
  await through(proxy.url.replace('://', '://bob:p%40ss-planted@'), site)(GET, never)
  expect(proxy.authorizations).toEqual([`Basic ${Buffer.from('bob:p@ss-planted').toString('base64')}`])
})

test('a proxy’s password is a secret in every form, as it is written and as it is sent', () => {
  const proxies = { httpProxy: null, httpsProxy: 'bob:p%40ss@proxy.test:3128', noProxy: null }
  expect(testNetwork({ proxies }).secrets).toEqual([
    'p%40ss',
    'p@ss',
    Buffer.from('bob:p@ss').toString('base64'),
  ])
})

test('a host of NO_PROXY is asked directly', async () => {
  const site = await startSite()
  const proxy = await startProxy(site.port)
  const call = through(proxy.url, { ...site, noProxy: 'x.test,.example.com' })(GET, never)
  await expect(call).rejects.toMatchObject({ code: 'jira-unreachable' })
  expect(proxy.asked).toEqual([])
})

test('the certificate is checked through a proxy, too', async () => {
  const site = await startSite()
  const proxy = await startProxy(site.port)
  const caFile = await writeTestFile('other.pem', (await makeCertificate()).cert)
  await expect(through(proxy.url, { caFile })(GET, never)).rejects.toMatchObject({ code: 'jira-untrusted' })
  expect(site.authorizations).toEqual([])
})

test('a request that is given up while the proxy connects never leaves, and the next one does', async () => {
  const site = await startSite()
  const proxy = await startProxy(site.port, 'holds')
  const transport = through(proxy.url, site)
  const stop = new AbortController()
  const given = transport({ method: 'POST', path: '/rest/api/3/issue', body: {} }, stop.signal)
  given.catch(() => {})
  await expect.poll(() => proxy.asked.length).toBe(1)
  stop.abort()
  await expect(given).rejects.toMatchObject({ code: 'cancelled', failure: 'unsent' })
  const next = transport(GET, never)
  await expect.poll(() => proxy.asked.length).toBe(2)
  proxy.release()
  await next
  await expect.poll(() => site.authorizations.length).toBe(1)
})

describe('a proxy that does not let us through is named, without its password', () => {
  const secret = 'p%40ss-planted'

  test.each([
    [407, 'wants another user name and password'],
    [403, 'does not let us through (HTTP 403)'],
  ] as const)('by a %i', async (mood, problem) => {
    const site = await startSite()
    const proxy = await startProxy(site.port, mood)
    const call = through(proxy.url.replace('://', `://bob:${secret}@`), site)(GET, never)
    await expect(call).rejects.toMatchObject({ code: 'jira-unreachable', failure: 'refused' })
    await expect(call).rejects.toThrow(problem)
    await expect(call).rejects.toThrow(new URL(proxy.url).host)
    await expect(call).rejects.not.toThrow(/planted/)
  })

  test('that keeps silent', async () => {
    const site = await startSite()
    const proxy = await startProxy(site.port, 'holds')
    const call = through(proxy.url, { ...site, connectMs: 200 })(GET, never)
    await expect(call).rejects.toMatchObject({ code: 'jira-unreachable', failure: 'refused' })
    await expect(call).rejects.toThrow('no connection was made within 0.2 s')
  })

  test('that is not there', async () => {
    const gone = await startRawServer(() => {})
    await gone.close()
    const site = await startSite()
    const call = through(gone.url, site)(GET, never)
    await expect(call).rejects.toThrow(`by the proxy 127.0.0.1:${gone.port}: nothing answers`)
  })
})

test.each(['socks5://x.test', 'http://', 'ftp://bob:secret-planted@x.test'])(
  'the proxy address %j is refused, and not shown',
  async (address) => {
    const site = await startSite()
    const call = through(address, site)(GET, never)
    await expect(call).rejects.toMatchObject({ code: 'not-configured' })
    await expect(call).rejects.not.toThrow(/planted/)
  },
)
