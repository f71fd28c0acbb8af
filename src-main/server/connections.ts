import type { IncomingHttpHeaders } from 'node:http'
import { isIP, isIPv6, type BlockList, type Server, type Socket } from 'node:net'

/** The parts of a request that say where it comes from. */
interface FromSomewhere {
  readonly socket: { readonly remoteAddress?: string | undefined }
  readonly headers: Readonly<IncomingHttpHeaders>
}

/** What stands before the server; `from`: the peers that may be it, null: any peer. */
export interface Proxy {
  readonly from: Pick<BlockList, 'check'> | null
}

/**
 * Whom limits are counted for. Behind a proxy that is the last address of X-Forwarded-For, the one that the proxy
 * itself put there: those before it are the caller's own words. Without one the header is not looked at.
 */
export function callerAddress({ socket, headers }: FromSomewhere, proxy: Proxy | null): string {
  const forwarded = proxy === null ? undefined : headers['x-forwarded-for']
  const last = (Array.isArray(forwarded) ? forwarded.join(',') : forwarded)?.split(',').at(-1)?.trim() ?? ''
  const address = last.replace(BRACKETS, '$1').replace(PORT, '$1')
  return network(isIP(address) === 0 ? (socket.remoteAddress ?? '') : address)
}

/** Some proxies name the caller's port, too: it is another with each connection. */
const BRACKETS = /^\[([^\]]*)\](?::\d+)?$/

const PORT = /^(\d+\.\d+\.\d+\.\d+):\d+$/

/** Whether a request comes by the proxy that is trusted. */
export function comesBy({ socket }: FromSomewhere, { from }: Proxy): boolean {
  if (from === null) return true
  const peer = (socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '')
  return isIP(peer) !== 0 && from.check(peer, isIPv6(peer) ? 'ipv6' : 'ipv4')
}

const LONGEST_ADDRESS = 64

const GROUPS = 8

/** An IPv4 address, as a socket for both writes it. */
const MAPPED = /^::ffff:\d+\.\d+\.\d+\.\d+$/i

const MAPPED_PREFIX = '::ffff:'.length

/** Who has one IPv6 address has 2^64 of them (RFC 6177): they are counted as one. */
export function network(address: string): string {
  if (!address.includes(':')) return address.slice(0, LONGEST_ADDRESS)
  const plain = MAPPED.test(address) ? address.slice(MAPPED_PREFIX) : address.slice(0, LONGEST_ADDRESS)
  if (!isIPv6(plain)) return plain
  const [head = '', tail = ''] = (plain.toLowerCase().split('%', 1)[0] ?? '').split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === '' ? [] : tail.split(':')
  const zeros = plain.includes('::') ? Math.max(0, GROUPS - before.length - after.length) : 0
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after]
  return `${groups
    .slice(0, GROUPS / 2)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`
}

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
