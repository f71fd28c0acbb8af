import { createHash, randomUUID } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname, networkInterfaces } from 'node:os'
import { isAlive } from '../workspace/process-alive.ts'

/**
 * Names this process in leases, as `machine/pid/uuid/host name`: a process that finds a lease's holder gone from the same
 * machine need not wait until the lease runs out.
 */
export function leaseOwner(pid: number = process.pid): string {
  return `${machine()}/${pid}/${randomUUID()}/${encodeURIComponent(hostname())}`
}

/** The host name of an owner's machine, for the person; null where it does not say one. */
export function machineOf(owner: string): string | null {
  const host = owner.split('/')[3]
  return host === undefined || host === '' ? null : decodeURIComponent(host)
}

/** Whether an owner is or was a process of this very machine. */
export function isHere(owner: string): boolean {
  return owner.split('/')[0] === machine()
}

/** True where the owner was a process of this very machine, and runs no more. Of other machines nothing is known. */
export function isGone(owner: string): boolean {
  const [where, pid = '', id] = owner.split('/')
  return id !== undefined && where === machine() && /^[1-9]\d*$/.test(pid) && !isAlive(Number(pid))
}

let known: string | undefined

/** A name for those processes whose ids mean the same here. */
function machine(): string {
  return (known ??= createHash('sha256').update(traits().join('\n')).digest('hex').slice(0, 16))
}

/** Containers that share a volume may share all but the namespace of their process ids. */
function traits(): string[] {
  if (process.platform !== 'linux') return [hostname(), ...networkAddresses()]
  try {
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
    return [hostname(), bootId, readlinkSync('/proc/self/ns/pid')]
  } catch {
    // It is unknown whose process ids these are: no process takes this one for gone, nor it another.
    return [randomUUID()]
  }
}

/** Machines that were copied from one another have the same name. */
function networkAddresses(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((of) => of?.map(({ mac }) => mac) ?? [])
  return [...new Set(addresses)].toSorted()
}
