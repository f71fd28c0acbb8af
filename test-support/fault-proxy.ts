import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** A loopback TCP proxy that does what networks do. Its faults hold for the connections that are there and for new ones. */
export type FaultProxy = Awaited<ReturnType<typeof startFaultProxy>>

type Fault = 'none' | 'blackhole' | 'stall' | 'refuse'

interface Upstream {
  readonly host: string
  readonly port: number
}

/** Starts a proxy to a server. */
export async function startFaultProxy({ host, port }: Upstream) {
  let fault: Fault = 'none'
  let latencyMs = 0
  let healed = Promise.withResolvers<void>()
  const sockets = new Set<Socket>()
  /** Those that a blackhole has swallowed something of. */
  const robbed = new Set<Socket>()

  const stalled = (): boolean => fault === 'stall'
  /** Waits until a piece may go on; false where it never may. */
  const passage = async (pair: readonly Socket[]): Promise<boolean> => {
    if (latencyMs > 0) await delay(latencyMs)
    while (stalled()) await healed.promise
    if (fault !== 'blackhole') return true
    for (const socket of pair) robbed.add(socket)
    return false
  }
  const pump = (from: Socket, to: Socket): void => {
    let order = Promise.resolve()
    const inOrder = (step: () => void): void => {
      order = order.then(async () => {
        if ((await passage([from, to])) && !to.destroyed) step()
      })
    }
    from.on('data', (piece) => inOrder(() => void to.write(piece)))
    from.on('end', () => inOrder(() => void to.end()))
    from.on('error', () => inOrder(() => void to.resetAndDestroy()))
    from.on('close', () => sockets.delete(from))
  }
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    if (fault === 'refuse') {
      client.resetAndDestroy()
      return
    }
    const target = connect({ host, port, allowHalfOpen: true, noDelay: true })
    for (const socket of [client, target]) sockets.add(socket)
    pump(client, target)
    pump(target, client)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const become = (next: Fault): void => {
    fault = next
    healed.resolve()
    healed = Promise.withResolvers()
  }
  return {
    port: (server.address() as AddressInfo).port,
    /** How many connections go through it now. */
    connections: () => sockets.size / 2,
    /** Each way takes so much longer, order kept. */
    setLatency: (ms: number) => void (latencyMs = ms),
    /** Nothing more gets through, and no end of a connection either; new connections are taken and led nowhere. */
    blackhole: () => become('blackhole'),
    /** As `blackhole`, but what is sent meanwhile is kept, and delivered at `heal`. */
    stall: () => become('stall'),
    /** New connections are refused (RST). */
    refuse: () => become('refuse'),
    /** Ends all connections by RST. */
    cut: () => reset(sockets),
    /** No faults. What a blackhole has swallowed stays lost: its connections are ended by RST. */
    heal() {
      latencyMs = 0
      become('none')
      reset(robbed)
      robbed.clear()
    },
    async close() {
      become('none')
      reset(sockets)
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function reset(sockets: Iterable<Socket>): void {
  for (const socket of sockets) socket.resetAndDestroy()
}
