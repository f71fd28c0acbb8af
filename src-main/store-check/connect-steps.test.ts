import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { machineClock } from '../runtime/clock.ts'
import { testConfig } from '../../test-support/store/postgres-config.ts'
import { checkStore } from './check-store.ts'
import { check, hastyClock, trouble } from '../../test-support/store-check/store-check.ts'

/** A server that is no PostgreSQL; its port. */
async function startServer(onConnection: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    onConnection(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  return (server.address() as AddressInfo).port
}

function at(port: number, host = '127.0.0.1'): Parameters<typeof trouble>[0] {
  return { ...testConfig({ host, port, database: 'tickets' }), password: 'planted-password' }
}

test('a name that is not known, or that nobody can look up', async () => {
  expect(await trouble(at(5432, 'no-such-host.invalid'))).toMatch(
    /^host failed: The name no-such-host\.invalid (is not known|cannot be looked up now)/,
  )
})

test('a port that nothing listens at', async () => {
  const port = await startServer(() => {})
  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const { port: closed } = free.address() as AddressInfo
  free.close()
  await once(free, 'close')
  expect(closed).not.toBe(port)
  expect(await trouble(at(closed))).toMatch(
    /^port failed: 127\.0\.0\.1:\d+ cannot be reached: nothing answers.*listen_addresses = '\*'/,
  )
})

test('a port that swallows what is sent', async () => {
  const port = await startDeafListener()
  expect(await trouble(at(port), hastyClock)).toMatch(
    /^port failed: 127\.0\.0\.1:\d+ does not answer: no connection was made within 5 s\. A firewall/,
  )
})

describe('something that is no PostgreSQL server, as far as it tells', () => {
  test.each([
    [
      'greets first, and begins as a yes does',
      (socket: Socket) => void socket.write('SSH-2.0-OpenSSH_9.6\r\n'),
    ],
    ['greets first, and begins as an error does', (socket: Socket) => void socket.write('ESMTP ready\r\n')],
    [
      'answers in its own way',
      (socket: Socket) => void socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    ],
  ])('%s', async (_name, onConnection) => {
    expect(await trouble(at(await startServer(onConnection)))).toMatch(
      /^port failed: Something answers at 127\.0\.0\.1:\d+, but it is no PostgreSQL server\. Check the port/,
    )
  })

  test.each([
    ['hangs up', (socket: Socket) => void socket.once('data', () => socket.end())],
    ['breaks the connection', (socket: Socket) => void socket.once('data', () => socket.resetAndDestroy())],
  ])('%s', async (_name, onConnection) => {
    expect(await trouble(at(await startServer(onConnection)))).toMatch(
      /^port failed: Something takes connections at 127\.0\.0\.1:\d+, but breaks them without a word\. Check the port/,
    )
  })

  test('says nothing', async () => {
    const port = await startServer(() => {})
    expect(await trouble(at(port), hastyClock)).toMatch(/^port failed: Something takes connections.*stalled/)
  })
})

test('a server that is out of memory or processes', async () => {
  const port = await startServer((socket) => void socket.once('data', () => socket.end('Eout of memory\n\0')))
  expect(await trouble(at(port))).toMatch(
    /^port failed: The PostgreSQL server at .* refuses every connection/,
  )
})

test('one that offers TLS and does not go on with it', async () => {
  const port = await startServer((socket) => void socket.once('data', () => socket.write('S')))
  expect(await trouble({ ...at(port), tls: 'require' }, hastyClock)).toMatch(
    /^tls failed: .*does not go on with it/,
  )
})

test('one that breaks the connection after that is reported by the password step', async () => {
  const port = await startServer(refusePassword)
  expect(await trouble(at(port))).toMatch(/^password failed: The server broke the connection/)
})

test('the password is asked for only when a server was reached, and is in nothing that is reported', async () => {
  let asked = 0
  const parts = {
    password: async () => {
      asked += 1
      return 'planted-password'
    },
    clock: machineClock,
    signal: new AbortController().signal,
  }
  await checkStore(at(await startServer((socket) => void socket.end('no'))), parts)
  expect(asked).toBe(0)
  const port = await startServer(refusePassword)
  expect(JSON.stringify(await check(at(port)))).not.toContain('planted-password')
})

test.each([
  ['host', () => {}],
  ['password', (socket: Socket) => void socket.once('data', () => socket.write(WANTS_PASSWORD))],
] as const)('is ended at once where the person leaves: in the step %s', async (step, onConnection) => {
  const port = await startServer(onConnection)
  const leaving = new AbortController()
  const { promise: begun, resolve } = Promise.withResolvers<void>()
  const checking = checkStore(at(port), {
    password: async () => 'planted-password',
    clock: machineClock,
    signal: leaving.signal,
    onChange: ({ steps }) => {
      if (steps.some(({ id, state }) => id === step && state === 'running')) resolve()
    },
  })
  await begun
  // Each would wait for five seconds.
  setTimeout(() => leaving.abort(new Error('ended by SIGINT')), 100)
  const startedMs = performance.now()
  await expect(checking).rejects.toMatchObject({ code: 'cancelled' })
  expect(performance.now() - startedMs).toBeLessThan(4_500)
})

/** AuthenticationCleartextPassword: https://www.postgresql.org/docs/18/protocol-message-formats.html. */
const WANTS_PASSWORD = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3])

/** Asks for a password, and hangs up when it comes. */
function refusePassword(socket: Socket): void {
  socket.once('data', () => {
    socket.write(WANTS_PASSWORD)
    socket.once('data', () => socket.destroy())
  })
}

/** A process that listens and never takes a connection: once its queue is full, the kernel drops what comes. */
async function startDeafListener(): Promise<number> {
  const script = `
    const server = require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
      require('node:fs').writeSync(1, String(server.address().port) + '\\n')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
    })`
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(line.toString())
  const fillers = Array.from({ length: 8 }, () => connect(port, '127.0.0.1').on('error', () => {}))
  onTestFinished(() => {
    for (const socket of fillers) socket.destroy()
  })
  await Promise.all(fillers.slice(0, 2).map((socket) => once(socket, 'connect')))
  return port
}
