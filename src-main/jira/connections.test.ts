import { createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { GET, testNetwork, transportTo } from '../../test-support/jira/transport.ts'
import { answerJson, startRawServer } from '../../test-support/jira/jira.ts'

const never = new AbortController().signal

/** Takes connections and says nothing, so that no TLS session is ever made. Tells its port. */
async function startSilentServer(): Promise<number> {
  const sockets: Socket[] = []
  const server = createServer((socket) => void sockets.push(socket.on('error', () => {})))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

describe('trouble on the way', () => {
  test('nothing listens at a port that fetch would not even try', async () => {
    const call = transportTo('http://127.0.0.1:1')(GET, never)
    await expect(call).rejects.toMatchObject({ code: 'jira-unreachable', failure: 'refused' })
    await expect(call).rejects.toThrow('nothing answers at that address')
  })

  test('a name that nobody knows', async () => {
    const call = transportTo('https://no-such-host.invalid')(GET, never)
    await expect(call).rejects.toMatchObject({ code: 'jira-unreachable', failure: 'refused' })
    await expect(call).rejects.toThrow(/its name is not known|names cannot be looked up/)
  })

  test('no connection within its time', async () => {
    const silent = await startSilentServer()
    const network = testNetwork({ connectMs: 100 })
    const call = transportTo(`https://127.0.0.1:${silent}`, { network })(GET, never)
    await expect(call).rejects.toMatchObject({ code: 'jira-unreachable', failure: 'refused' })
    await expect(call).rejects.toThrow('no connection was made within 0.1 s')
  })

  test('no first byte within its time', async () => {
    const server = await startRawServer(() => {})
    const call = transportTo(server.url, { timeouts: { firstByteMs: 100, callMs: 500 } })(GET, never)
    await expect(call).rejects.toMatchObject({ code: 'jira-unreachable', failure: 'timeout' })
    await expect(call).rejects.toThrow('did not begin to answer within 0.1 s')
  })

  test('an answer that drips is not whole within its time', async () => {
    const server = await startRawServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      const drip = setInterval(() => response.write(' '), 20)
      response.on('close', () => clearInterval(drip))
    })
    const call = transportTo(server.url, { timeouts: { firstByteMs: 100, callMs: 200 } })(GET, never)
    await expect(call).rejects.toMatchObject({ code: 'jira-unreachable', failure: 'timeout' })
    await expect(call).rejects.toThrow('did not finish its answer within 0.2 s')
  })

  test('a call whose time is up before there is a connection was surely not sent', async () => {
    const silent = await startSilentServer()
    const call = transportTo(`https://127.0.0.1:${silent}`, { timeouts: { callMs: 100 } })(GET, never)
    await expect(call).rejects.toMatchObject({ code: 'jira-unreachable', failure: 'refused' })
  })

  test('a gateway’s page instead of an answer', async () => {
    const server = await startRawServer((response) =>
      response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad gateway</html>'),
    )
    await expect(transportTo(server.url)(GET, never)).rejects.toMatchObject({
      code: 'jira-unreachable',
      failure: 'server',
    })
  })

  test('nothing listens', async () => {
    const server = await startRawServer(() => {})
    await server.close()
    await expect(transportTo(server.url)(GET, never)).rejects.toMatchObject({
      code: 'jira-unreachable',
      failure: 'refused',
      retryable: true,
    })
  })

  test('a reset before the answer', async () => {
    const server = await startRawServer((response) => response.socket?.resetAndDestroy())
    await expect(transportTo(server.url)(GET, never)).rejects.toMatchObject({
      code: 'jira-unreachable',
      failure: 'reset',
    })
  })

  test('a reset in the middle of the body', async () => {
    const server = await startRawServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
      response.write('{"issues": [', () => response.socket?.resetAndDestroy())
    })
    await expect(transportTo(server.url)(GET, never)).rejects.toMatchObject({ failure: 'reset' })
  })

  test('a body that stalls ends with the time-out', async () => {
    const server = await startRawServer((response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.write('{"issues": [')
    })
    const call = transportTo(server.url, { timeouts: { callMs: 100 } })(GET, never)
    await expect(call).rejects.toMatchObject({ code: 'jira-unreachable', failure: 'timeout' })
  })

  test('a 503 and its Retry-After', async () => {
    const server = await startRawServer((response) =>
      response.writeHead(503, { 'retry-after': '9', 'content-type': 'text/html' }).end('<html>'),
    )
    await expect(transportTo(server.url)(GET, never)).rejects.toMatchObject({
      code: 'jira-unreachable',
      failure: 'server',
      retryAfterMs: 9_000,
    })
  })

  test('a 429 says which limit and until when, in seconds or as a date', async () => {
    const date = 'Sun, 27 Sep 2026 08:00:00 GMT'
    const until = 'Sun, 27 Sep 2026 08:00:30 GMT'
    const server = await startRawServer((response, _request, n) =>
      response
        .writeHead(429, {
          date,
          'retry-after': n === 0 ? '3' : until,
          'ratelimit-reason': 'jira-burst-based',
        })
        .end(),
    )
    const send = transportTo(server.url)
    await expect(send(GET, never)).rejects.toMatchObject({ code: 'jira-limited', retryAfterMs: 3_000 })
    await expect(send(GET, never)).rejects.toMatchObject({ code: 'jira-limited', retryAfterMs: 30_000 })
    await expect(send(GET, never)).rejects.toThrow('jira-burst-based')
  })
})

test('an abort in the middle of an answer ends the call', async () => {
  const stop = new AbortController()
  const gone = Promise.withResolvers<void>()
  const server = await startRawServer((response) => {
    response.on('close', () => gone.resolve())
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write('{', () => setImmediate(() => stop.abort()))
  })
  const call = transportTo(server.url)(GET, stop.signal)
  await expect(call).rejects.toMatchObject({ code: 'cancelled', failure: 'abandoned' })
  await gone.promise
})

test('an abort while there is no connection yet: the request surely never leaves', async () => {
  const stop = new AbortController()
  const call = transportTo(`https://127.0.0.1:${await startSilentServer()}`)(GET, stop.signal)
  setImmediate(() => stop.abort())
  await expect(call).rejects.toMatchObject({ code: 'cancelled', failure: 'unsent' })
})

test('after the network was closed a call is given up', async () => {
  const server = await startRawServer((response) => answerJson(response, {}))
  const network = testNetwork()
  const transport = transportTo(server.url, { network })
  await transport(GET, never)
  await network.close()
  await expect(transport(GET, never)).rejects.toMatchObject({ code: 'cancelled' })
})

test('an abort ends a call under way within a moment', async () => {
  const stop = new AbortController()
  const server = await startRawServer(() => stop.abort())
  const call = transportTo(server.url)(GET, stop.signal)
  await expect(call).rejects.toMatchObject({ code: 'cancelled', failure: 'abandoned' })
  await expect(transportTo(server.url)(GET, stop.signal)).rejects.toMatchObject({ failure: 'unsent' })
  expect(server.requests).toHaveLength(1)
})
