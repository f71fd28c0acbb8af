import { expect, test } from 'vitest'
import { startReceiver } from '../../test-support/outputs/receiver.ts'
import { rememberSecret } from '../secrets/hide-secrets.ts'
import { refusedAddress, type LookUpAll } from './addresses.ts'
import { createSender } from './send.ts'

const { signal } = new AbortController()
const NO_PROXIES = { httpProxy: null, httpsProxy: null, noProxy: null }
const QUICK = { connectMs: 300, callMs: 400 }

interface Sent {
  readonly allowPrivate?: boolean
  readonly lookUp?: LookUpAll
  readonly mayLeave?: () => boolean
  readonly httpProxy?: string
}

async function send(
  url: string,
  { allowPrivate = true, lookUp, mayLeave = () => true, httpProxy }: Sent = {},
) {
  const proxies = { ...NO_PROXIES, ...(httpProxy !== undefined && { httpProxy }) }
  const sender = createSender({ proxies, timeouts: QUICK, lookUp })
  try {
    const request = { url: new URL(url), headers: { 'x-test': '1' }, body: '{}' }
    return await sender.send(request, { allowPrivate, mayLeave, signal })
  } finally {
    await sender.close()
  }
}

/** Names as a hostile server of names would have them. */
function names(...answers: readonly string[][]): LookUpAll {
  const left = [...answers]
  return (_name, _options, done) => {
    const addresses = left.length > 1 ? left.shift() : left[0]
    done(
      null,
      (addresses ?? []).map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    )
  }
}

test.each([
  '127.0.0.1',
  '127.8.8.8',
  '10.1.2.3',
  '172.31.255.255',
  '192.168.0.1',
  '100.64.0.1',
  '::1',
  'fd12::1',
  '::ffff:10.0.0.1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
])('%s is of this machine or a private network: only where that is allowed', (address) => {
  expect(refusedAddress(address, false)).toContain(address)
  expect(refusedAddress(address, true)).toBeNull()
})

test.each([
  '169.254.169.254',
  '::ffff:169.254.169.254',
  'fd00:ec2::254',
  '100.100.100.200',
  '168.63.129.16',
  'fe80::1',
  '0.0.0.0',
  '::',
  '224.0.0.1',
  '255.255.255.255',
])('%s is never sent to', (address) => {
  expect(refusedAddress(address, true)).toContain(address)
})

test.each(['1.1.1.1', '172.32.0.1', '2606:4700::1111'])('%s is', (address) => {
  expect(refusedAddress(address, false)).toBeNull()
})

test('this machine gets nothing where that is not allowed, by whatever name', async () => {
  const receiver = await startReceiver()
  const { port } = new URL(receiver.url)
  for (const name of ['127.0.0.1', 'localhost', '0x7f.1', '[::ffff:127.0.0.1]']) {
    expect(await send(`http://${name}:${port}`, { allowPrivate: false })).toMatchObject({
      taken: false,
      answer: expect.stringContaining('this machine or a private network'),
    })
  }
  expect(receiver.connections()).toBe(0)
  expect(await send(receiver.url)).toMatchObject({ taken: true })
})

test('a name that leads somewhere else by the time of the connection does not get there', async () => {
  const receiver = await startReceiver()
  const { port } = new URL(receiver.url)
  const url = `http://rebinding.test:${port}`
  for (const answers of [[['127.0.0.1']], [['1.1.1.1', '127.0.0.1']], [['169.254.169.254']]]) {
    expect(await send(url, { allowPrivate: false, lookUp: names(...answers) })).toMatchObject({
      taken: false,
      answer: expect.stringMatching(/^Not sent: rebinding\.test is /),
    })
  }
  expect(receiver.connections()).toBe(0)
  // The look-up that was asked is the connection's own.
  expect(await send(url, { lookUp: names(['127.0.0.1']) })).toMatchObject({ taken: true })
})

test('by a proxy, too, a name that leads to this machine gets nothing', async () => {
  const proxy = await startReceiver()
  const sent = await send('http://inside.test/', {
    allowPrivate: false,
    httpProxy: proxy.url,
    lookUp: names(['10.0.0.1']),
  })
  expect(sent).toMatchObject({ taken: false, answer: expect.stringContaining('private network') })
  expect(proxy.connections()).toBe(0)
})

test('a redirect is not followed', async () => {
  const inside = await startReceiver()
  const receiver = await startReceiver((response) => response.writeHead(307, { location: inside.url }).end())
  expect(await send(receiver.url)).toMatchObject({
    taken: false,
    answer: 'HTTP 307, a redirect, which is not followed',
  })
  expect(inside.connections()).toBe(0)
})

test('of a huge answer little is read, and its status counts', async () => {
  let written = 0
  const receiver = await startReceiver((response) => {
    response.writeHead(200)
    const more = (): void => {
      while (!response.destroyed && written < 2 ** 30 && response.write(Buffer.alloc(65_536)))
        written += 65_536
    }
    response.on('drain', more)
    more()
  })
  expect(await send(receiver.url)).toMatchObject({ taken: true, answer: 'HTTP 200' })
  expect(written).toBeLessThan(2 ** 26)
})

test.each<[string, Parameters<typeof startReceiver>[0]]>([
  ['never answers', () => {}],
  [
    'answers byte by byte',
    (response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write('x'), 20)
      response.on('close', () => clearInterval(timer))
    },
  ],
])('one that %s is given up in time', async (_what, answer) => {
  const receiver = await startReceiver(answer)
  const began = performance.now()
  expect(await send(receiver.url)).toMatchObject({
    taken: false,
    answer: expect.stringContaining('did not answer within 0.4 s'),
  })
  expect(performance.now() - began).toBeLessThan(5_000)
})

test('what it says is shown on one line, cut, and without the secret that it knows', async () => {
  rememberSecret('the-routing-key', null)
  const receiver = await startReceiver((response) =>
    response.writeHead(500).end(`no \u001B[31m\nthe-routing-key ${'x'.repeat(3_000)}`),
  )
  const sent = await send(receiver.url)
  expect(sent?.answer).toMatch(/^HTTP 500: no \uFFFD\[31m \[hidden\] x+…$/)
  expect(sent?.answer.length).toBeLessThan(230)
})

test('how long it asks us to wait is heard', async () => {
  const receiver = await startReceiver((response) => response.writeHead(429, { 'retry-after': '7' }).end())
  expect(await send(receiver.url)).toMatchObject({ taken: false, retryAfterMs: 7_000 })
})

test('what may not leave any more does not', async () => {
  const receiver = await startReceiver()
  expect(await send(receiver.url, { mayLeave: () => false })).toBeNull()
  expect(receiver.received).toEqual([])
})

test('nobody there is said in a sentence', async () => {
  expect(await send('http://nobody.test:9', { lookUp: names(['127.0.0.1']) })).toMatchObject({
    taken: false,
    answer: 'nobody.test:9 could not be reached: nothing answers at that address.',
  })
})
