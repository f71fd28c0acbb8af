import { startFaultProxy, type FaultProxy } from '../../test-support/fault-proxy.ts'
import { freePort } from '../../test-support/free-port.ts'
import { queryOnce } from '../../test-support/store/postgres-query.ts'
import { startEtcd } from './etcd.ts'
import { leadToPrimary, startHaproxy } from './haproxy.ts'
import { openMachine, type Machine } from './machine.ts'
import { startPgbouncer } from './pgbouncer.ts'
import { prepareNode, type Member, type Node } from './patroni.ts'
import { findClusterPrograms, whyNoCluster, type ClusterPrograms } from './programs.ts'
import { until } from './until.ts'
import { prepareWrites } from './failover.ts'

export interface ClusterOptions {
  /** 1, or an odd number that outlives the death of one. */
  readonly etcdMembers?: number
  /** True: no commit is acknowledged that one machine alone has (`synchronous_mode`). */
  readonly isSynchronous?: boolean
  /** Programs of ours get PgBouncer’s address, and HAProxy’s as the direct one. */
  readonly isPooled?: boolean
  readonly signal?: AbortSignal
}

export type Cluster = Awaited<ReturnType<typeof startCluster>>

const NODES = ['node1', 'node2', 'node3']

/**
 * Three PostgreSQL under Patroni with etcd, and HAProxy before them, all of Debian's and on loopback. They end with this
 * process, however that ends. Resolves when a primary takes writes and the others follow it.
 */
export async function startCluster(options: ClusterOptions = {}) {
  const { etcdMembers = 1, isSynchronous = true, isPooled = false, signal } = options
  const programs = findClusterPrograms()
  if (programs === null) throw new Error(`No cluster can be started: ${whyNoCluster()}`)
  const machine = openMachine()
  const proxies: FaultProxy[] = []
  const stop = async (): Promise<void> => {
    await machine.end()
    for (const proxy of proxies.splice(0)) await proxy.close()
  }
  try {
    const etcdPorts = await startEtcd(machine, programs.etcd, etcdMembers)
    const wayTo = async (port: number): Promise<number> => {
      const way = await startFaultProxy({ host: '127.0.0.1', port })
      proxies.push(way)
      return way.port
    }
    const nodes: Node[] = []
    for (const name of NODES) {
      const own = { name, port: await freePort(), restPort: await freePort() }
      const ways = await Promise.all(etcdPorts.map(wayTo))
      const place = { ...own, peerPort: await wayTo(own.port), etcdPorts: ways }
      nodes.push(prepareNode(machine, programs, { place, isSynchronous }))
    }
    const port = await freePort()
    const poolerPort = isPooled ? await freePort() : null
    const cluster = clusterOf({ machine, programs, nodes, proxies, port, poolerPort, isSynchronous, signal })
    for (const node of nodes) node.start()
    const config = leadToPrimary(port, nodes)
    await startHaproxy(machine, programs.haproxy, { name: 'haproxy', config, port })
    if (poolerPort !== null)
      await startPgbouncer(machine, programs.pgbouncer, { port: poolerPort, leadsTo: port })
    await cluster.settled()
    await prepareWrites(cluster.url())
    return { ...cluster, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

interface Parts {
  readonly machine: Machine
  readonly programs: ClusterPrograms
  readonly nodes: readonly Node[]
  /** The ways between nodes, and from each to etcd. */
  readonly proxies: readonly FaultProxy[]
  readonly port: number
  readonly poolerPort: number | null
  readonly isSynchronous: boolean
  readonly signal: AbortSignal | undefined
}

function clusterOf(parts: Parts) {
  const { machine, programs, nodes, proxies, port, poolerPort, isSynchronous, signal } = parts
  const url = (database = 'postgres'): string => at(port, database)
  const said = (): string => nodes.map((node) => `${node.name}:\n${node.said()}`).join('\n')
  const members = async (): Promise<readonly Member[]> => {
    for (const node of nodes) {
      const told = await node.members().catch(() => null)
      if (told !== null) return told
    }
    throw new Error('No Patroni answers')
  }
  return {
    machine,
    programs,
    nodes,
    /** Where whoever connects is led to the primary. */
    url,
    /** What a program of ours is told of a database. */
    env: (database: string): Readonly<Record<string, string>> =>
      poolerPort === null
        ? { DATABASE_URL: url(database) }
        : { DATABASE_URL: `${at(poolerPort, database)}?pgbouncer=true`, DATABASE_DIRECT_URL: url(database) },
    members,
    /**
     * Resolves with the primary when the cluster is as it should be: each node that was started follows it, a commit waits
     * for one of them, and HAProxy leads there.
     */
    settled: (): Promise<Node> =>
      until(
        'a primary that the other nodes follow',
        async () => {
          const all = await members()
          const leader = nodes.find(({ name }) =>
            all.some((one) => one.name === name && one.role === 'leader'),
          )
          const started = nodes.filter((node) => node.isStarted())
          const areThere = started.every(({ name }) => all.some((one) => one.name === name && isWell(one)))
          const isSafe = !isSynchronous || all.some(({ role }) => role === 'sync_standby')
          if (leader === undefined || !areThere || !isSafe) return null
          const [row] = await queryOnce(
            url(),
            `SELECT current_setting('port')::int AS port, pg_is_in_recovery() AS standby`,
          )
          return row?.['port'] === leader.port && row['standby'] === false ? leader : null
        },
        { signal, said },
      ),
    /** Takes away from a node its ways to etcd: nothing gets through, and nothing says so. */
    cutOff: (node: Node): void => by(node.etcdPorts).forEach((way) => way.blackhole()),
    /** The other nodes get nothing more of what is written at this one, and nothing says so. */
    stopReplication: (node: Node): void => by([node.peerPort]).forEach((way) => way.blackhole()),
    /** Gives a node its ways back. */
    reconnect: (node: Node): void => by([...node.etcdPorts, node.peerPort]).forEach((way) => way.heal()),
    said,
  }

  function by(ports: readonly number[]): readonly FaultProxy[] {
    return proxies.filter((way) => ports.includes(way.port))
  }
}

function at(port: number, database: string): string {
  return `postgres://postgres@127.0.0.1:${port}/${database}`
}

const LAG_BYTES = 1_024 * 1_024

function isWell({ role, state, lag }: Member): boolean {
  if (state !== 'running' && state !== 'streaming') return false
  return role === 'leader' || (typeof lag === 'number' && lag < LAG_BYTES)
}
