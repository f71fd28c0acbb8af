import type { IncomingHttpHeaders } from 'node:http'
import { isIPv6 } from 'node:net'

/** What of a request tells where it comes from. */
export interface FromSomewhere {
  readonly socket: { readonly remoteAddress?: string | undefined }
  readonly headers: Readonly<IncomingHttpHeaders>
}

/**
 * Whom limits are counted for. Behind a proxy that is the last address of X-Forwarded-For, the one that the proxy
 * itself put there: those before it are the caller's own words. Without one the header is not looked at.
 */
export function callerAddress({ socket, headers }: FromSomewhere, behindProxy: boolean): string {
  const forwarded = behindProxy ? headers['x-forwarded-for'] : undefined
  const last = (Array.isArray(forwarded) ? forwarded.join(',') : forwarded)?.split(',').at(-1)?.trim()
  return network(last === undefined || last === '' ? (socket.remoteAddress ?? '') : last)
}

const LONGEST_ADDRESS = 64
const GROUPS = 8
/** An IPv4 address, as a socket for both tells it. */
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
