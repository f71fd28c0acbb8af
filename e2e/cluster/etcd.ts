import { freePort } from '../../test-support/free-port.ts'
import type { Machine } from './machine.ts'
import { until } from './until.ts'

/** Members vote by messages that a busy machine delivers late. */
const HEARTBEAT_MS = 250
const ELECTION_MS = 2_500

/** Starts so many members on loopback; gives the ports at which each serves Patroni, when they have a leader. */
export async function startEtcd(machine: Machine, program: string, count: number): Promise<number[]> {
  const members = await Promise.all(
    Array.from({ length: count }, async (_, n) => ({
      name: `etcd${n + 1}`,
      port: await freePort(),
      peer: await freePort(),
    })),
  )
  const all = members.map(({ name, peer }) => `${name}=${local(peer)}`).join(',')
  for (const { name, port, peer } of members) {
    const settings = {
      name,
      'data-dir': machine.makeFolder(name),
      'listen-client-urls': local(port),
      'advertise-client-urls': local(port),
      'listen-peer-urls': local(peer),
      'initial-advertise-peer-urls': local(peer),
      'initial-cluster': all,
      'heartbeat-interval': HEARTBEAT_MS,
      'election-timeout': ELECTION_MS,
    }
    const args = Object.entries(settings).flatMap(([key, value]) => [`--${key}`, String(value)])
    // Of ARM it says that nobody tried it there.
    machine.start(name, program, args, { ETCD_UNSUPPORTED_ARCH: 'arm64' })
  }
  for (const { name, port } of members) {
    await until(`${name} has a leader`, async () => (await fetch(`${local(port)}/health`)).ok, {
      said: () => machine.said(name),
    })
  }
  return members.map(({ port }) => port)
}

function local(port: number): string {
  return `http://127.0.0.1:${port}`
}
