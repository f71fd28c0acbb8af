import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { startFaultProxy, type FaultProxy } from './fault-proxy.ts'

/** A proxy to a server that sends back what it gets. */
async function startEcho(): Promise<FaultProxy> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => {})
    socket.pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy = await startFaultProxy({ host: '127.0.0.1', port: (server.address() as AddressInfo).port })
  onTestFinished(async () => {
    await proxy.close()
    server.close()
  })
  return proxy
}

interface Caller {
  readonly socket: Socket
  /** Everything that came back so far. */
  heard(): string
  /** Resolves when that has come back. */
  hears(text: string): Promise<void>
  /** `end`, or the code of the error that ended it. */
  readonly ended: Promise<string>
}

function call({ port }: FaultProxy): Caller {
  const socket = connect(port, '127.0.0.1')
  let heard = ''
  socket.setEncoding('utf8').on('data', (text: string) => (heard += text))
  const ended = new Promise<string>((resolve) => {
    socket.once('end', () => resolve('end'))
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''))
  })
  onTestFinished(() => void socket.destroy())
  const hears = async (text: string): Promise<void> => {
    while (!heard.includes(text)) await once(socket, 'data')
  }
  return { socket, heard: () => heard, hears, ended }
}

test('without faults everything goes through, and the end of a connection too', async () => {
  const proxy = await startEcho()
  const caller = call(proxy)
  caller.socket.write('hello ')
  caller.socket.end('and goodbye')
  expect(await caller.ended).toBe('end')
  expect(caller.heard()).toBe('hello and goodbye')
})

test('latency is added each way, and the order kept', async () => {
  const proxy = await startEcho()
  const caller = call(proxy)
  proxy.setLatency(60)
  const began = performance.now()
  caller.socket.write('one ')
  await caller.hears('one ')
  expect(performance.now() - began).toBeGreaterThanOrEqual(115)
  caller.socket.write('two ')
  await delay(5)
  caller.socket.write('three ')
  proxy.setLatency(0)
  await caller.hears('three ')
  expect(caller.heard()).toBe('one two three ')
})

test('a cut is an error at once', async () => {
  const proxy = await startEcho()
  const caller = call(proxy)
  caller.socket.write('hello')
  await caller.hears('hello')
  expect(proxy.connections()).toBe(1)
  proxy.cut()
  expect(await caller.ended).toBe('ECONNRESET')
})

test('a blackhole swallows bytes and ends; healed, it ends who lost something, and lets the others go on', async () => {
  const proxy = await startEcho()
  const [robbed, lucky] = [call(proxy), call(proxy)]
  for (const caller of [robbed, lucky]) {
    caller.socket.write('hello')
    await caller.hears('hello')
  }
  proxy.blackhole()
  robbed.socket.write('lost')
  const late = call(proxy)
  late.socket.write('nobody there?')
  expect(await Promise.race([robbed.ended, late.ended, delay(150, 'silence')])).toBe('silence')
  proxy.heal()
  expect(await robbed.ended).toBe('ECONNRESET')
  expect(await late.ended).toBe('ECONNRESET')
  lucky.socket.write(' again')
  await lucky.hears('hello again')
})

test('a stall delivers late what was sent meanwhile', async () => {
  const proxy = await startEcho()
  const caller = call(proxy)
  caller.socket.write('hello')
  await caller.hears('hello')
  proxy.stall()
  caller.socket.write(' again')
  expect(await Promise.race([caller.ended, delay(100, 'silence')])).toBe('silence')
  expect(caller.heard()).toBe('hello')
  proxy.heal()
  await caller.hears('hello again')
})

test('refuses new connections, and keeps the old', async () => {
  const proxy = await startEcho()
  const old = call(proxy)
  old.socket.write('hello')
  await old.hears('hello')
  proxy.refuse()
  expect(await call(proxy).ended).toBe('ECONNRESET')
  old.socket.write(' again')
  await old.hears('hello again')
  proxy.heal()
  const fresh = call(proxy)
  fresh.socket.write('hello')
  await fresh.hears('hello')
})
