import type { Server, Socket } from 'node:net'
import { network } from './caller-address.ts'

interface ConnectionCaps {
  readonly total: number
  /** Of one address; null: all come by one proxy. */
  readonly ofAddress: number | null
}

/** The connections of one address, or of all. */
interface Group {
  readonly unrecognised: Set<Socket>
  size: number
}

/**
 * Keeps the number of connections bounded. At a bound a newcomer takes the place of the unrecognised connection that has been there
 * longest, so that one who fills the server with idle connections loses them, and a caller still gets in; only among
 * callers that are all known is the newcomer refused.
 */
export function boundConnections(server: Server, caps: ConnectionCaps) {
  const all: Group = { unrecognised: new Set(), size: 0 }
  const groups = new Map<string, Group>()
  /** By both ends: over TLS a request's socket is another object than the connection's. */
  const recognisers = new Map<string, () => void>()
  const known = new WeakSet()

  server.on('connection', (socket: Socket) => {
    const address = network(socket.remoteAddress ?? '')
    const mine = caps.ofAddress === null ? all : groupOf(groups, address)
    const isCrowded = caps.ofAddress !== null && mine.size >= caps.ofAddress
    if (isCrowded || all.size >= caps.total) {
      const mayCome = letOldestGo(isCrowded ? mine : all)
      if (!mayCome) {
        if (mine.size === 0) groups.delete(address)
        socket.destroy()
        return
      }
    }
    const key = keyOf(socket)
    const mineAndAll = new Set([all, mine])
    for (const group of mineAndAll) {
      group.size += 1
      group.unrecognised.add(socket)
    }
    const recognise = (): void => {
      for (const group of mineAndAll) group.unrecognised.delete(socket)
    }
    recognisers.set(key, recognise)
    socket.once('close', () => {
      recognise()
      if (recognisers.get(key) === recognise) recognisers.delete(key)
      for (const group of mineAndAll) group.size -= 1
      if (mine !== all && mine.size === 0) groups.delete(address)
    })
  })

  return {
    /** The caller on this connection was recognised: it is not let go for a newcomer any more. */
    know(socket: Pick<Socket, 'remoteAddress' | 'remotePort'>): void {
      if (known.has(socket)) return
      known.add(socket)
      const key = keyOf(socket)
      recognisers.get(key)?.()
      recognisers.delete(key)
    },
    count: () => all.size,
  }
}
export type Connections = ReturnType<typeof boundConnections>

/** False where none may be closed. One that is, is counted until its close, which comes with the next turn. */
function letOldestGo({ unrecognised }: Group): boolean {
  const [oldest] = unrecognised
  if (oldest === undefined) return false
  unrecognised.delete(oldest)
  oldest.destroy()
  return true
}

function groupOf(groups: Map<string, Group>, address: string): Group {
  const group = groups.get(address) ?? { unrecognised: new Set(), size: 0 }
  groups.set(address, group)
  return group
}

function keyOf({ remoteAddress, remotePort }: Pick<Socket, 'remoteAddress' | 'remotePort'>): string {
  return `${remoteAddress} ${remotePort}`
}
