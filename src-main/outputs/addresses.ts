import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'

/** As `dns.lookup` gives all addresses of a name. */
export type LookUpAll = (
  name: string,
  options: LookupOptions & { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

type Subnet = readonly [address: string, prefix: number]

/**
 * https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry:
 * this machine, private networks, and what translates to any IPv4 address.
 */
const PRIVATE = blockList([
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
])

/** One link's own, where clouds have their metadata too; what is no address of one machine; and clouds' others. */
const NEVER = blockList([
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['100::', 64],
  ['2001:db8::', 32],
  ['3fff::', 20],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
  ['100.100.100.200', 32],
  ['168.63.129.16', 32],
  ['fd00:ec2::254', 128],
  ['fd20:ce::254', 128],
])

function blockList(subnets: readonly Subnet[]): BlockList {
  const list = new BlockList()
  for (const [address, prefix] of subnets) list.addSubnet(address, prefix, familyOf(address))
  return list
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6'
}

/** Why nothing is sent to an address: completes “is …”; null where it may be. IPv4 within IPv6 is what it is in IPv4. */
export function refusedAddress(address: string, allowPrivate: boolean): string | null {
  const family = familyOf(address)
  if (NEVER.check(address, family)) return `${address}, which is no address of a server`
  if (allowPrivate || !PRIVATE.check(address, family)) return null
  return `${address}, which is of this machine or a private network`
}

/** A host name as `URL` has it, where it is an address; else null. */
export function literalAddress(hostname: string): string | null {
  const bare = hostname.replace(/^\[|\]$/g, '')
  return isIP(bare) === 0 ? null : bare
}

/** The name leads, or may lead, to an address that nothing is sent to. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused'
}

/** Resolves a name for a connection; fails with an AddressRefused where one of its addresses may not be sent to. */
export function guardedLookup(
  allowPrivate: boolean,
  lookUp: LookUpAll = (name, options, done) => systemLookup(name, options, done),
): LookupFunction {
  return (name, options, done) => {
    lookUp(name, { ...options, all: true }, (error, addresses) => {
      if (error !== null) return done(error, [])
      const refusals = addresses.map(({ address }) => refusedAddress(address, allowPrivate))
      const refusal = refusals.find((reason) => reason !== null)
      const [first] = addresses
      if (refusal !== undefined || first === undefined)
        return done(new AddressRefused(refusal ?? 'no address'), [])
      if (options.all === true) done(null, addresses)
      else done(null, first.address, first.family)
    })
  }
}
