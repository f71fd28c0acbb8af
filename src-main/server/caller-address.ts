import type { IncomingHttpHeaders } from 'node:http'
import { isIP, isIPv6, type BlockList } from 'node:net'

/** The parts of a request that say where it comes from. */
export interface FromSomewhere {
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
