import { stringify } from 'yaml'
import type { ClusterPrograms } from './programs.ts'
import type { Machine, Running } from './machine.ts'
import { killProcessesOf, processesOf } from './processes.ts'

export const SCOPE = 'tpm'

/**
 * What differs from Patroni's defaults (30, 10, 10; 300): docs/scale.md has the same. A primary whose machine died is
 * followed when its lock, renewed every `loop_wait`, has run out; one whose PostgreSQL alone died lets go of it.
 * `ttl` ≥ `loop_wait` + 2 × `retry_timeout`, else a primary is deposed while it still asks for the lock.
 */
const FAILOVER = { ttl: 10, loop_wait: 2, retry_timeout: 3, primary_start_timeout: 0 }

/** Nothing waits for the disk: what a test makes outlives each process, and need not outlive the machine. */
const PARAMETERS = { fsync: 'off', shared_buffers: '32MB', max_connections: 100, wal_log_hints: 'on' }

interface NodePlace {
  readonly name: string
  /** PostgreSQL's. */
  readonly port: number
  /** Where the other nodes reach its PostgreSQL. */
  readonly peerPort: number
  /** Patroni's own. */
  readonly restPort: number
  /** Where it reaches etcd. */
  readonly etcdPorts: readonly number[]
}

export interface NodeOptions {
  readonly place: NodePlace
  /** Whether a commit waits for another node. */
  readonly isSynchronous: boolean
}

/** As Patroni tells it of itself and the others. */
export interface Member {
  readonly name: string
  readonly role: 'leader' | 'sync_standby' | 'replica'
  readonly state: string
  /** Bytes; of a leader not there. */
  readonly lag?: number | 'unknown'
}

export type Node = ReturnType<typeof prepareNode>

/** A PostgreSQL and the Patroni that starts it: a machine of its own, but for the processor. */
export function prepareNode(
  machine: Machine,
  { patroni, postgresBin }: ClusterPrograms,
  { place, isSynchronous }: NodeOptions,
) {
  const { name, port, peerPort, restPort } = place
  const dataDir = machine.place(`${name}-data`)
  const file = machine.write(
    `${name}.yml`,
    stringify({
      scope: SCOPE,
      name,
      restapi: { listen: at(restPort), connect_address: at(restPort) },
      // Each node has ways to etcd of its own, which can be cut: Patroni is not to find out others.
      etcd3: { hosts: place.etcdPorts.map(at), use_proxies: true },
      bootstrap: {
        dcs: { ...FAILOVER, synchronous_mode: isSynchronous, postgresql: { use_pg_rewind: true } },
        initdb: [{ encoding: 'UTF8' }, { locale: 'C' }, 'no-sync'],
      },
      postgresql: {
        listen: at(port),
        connect_address: at(peerPort),
        data_dir: dataDir,
        bin_dir: postgresBin,
        pgpass: machine.place(`${name}.pgpass`),
        authentication: {
          superuser: { username: 'postgres', password: 'unused' },
          replication: { username: 'replicator', password: 'unused' },
        },
        parameters: { ...PARAMETERS, unix_socket_directories: machine.folder },
        pg_hba: [
          'local all all trust',
          'host all all 127.0.0.1/32 trust',
          'host replication all 127.0.0.1/32 trust',
        ],
        remove_data_directory_on_rewind_failure: true,
        remove_data_directory_on_diverged_timelines: true,
      },
      watchdog: { mode: 'off' },
    }),
  )
  const rest = `http://127.0.0.1:${restPort}`
  const ask = (target: string, init: RequestInit = {}): Promise<Response> =>
    fetch(rest + target, { ...init, signal: AbortSignal.timeout(30_000) })
  let running: Running | null = null
  return {
    ...place,
    /** Of a database of its PostgreSQL, past HAProxy. */
    url: (database = 'postgres') => `postgres://postgres@127.0.0.1:${port}/${database}`,
    /** What `patronictl -c` takes. */
    file,
    isStarted: () => running !== null,
    start(): void {
      running ??= machine.start(name, patroni, [file])
    },
    /** Ends Patroni and PostgreSQL at once, as a power cut would. */
    async kill(): Promise<void> {
      await running?.kill()
      running = null
      await killProcessesOf(dataDir)
    },
    /** Ends its PostgreSQL at once; its Patroni goes on. */
    killPostgres: () => killProcessesOf(dataDir),
    /** Pids of what it has PostgreSQL's programs do. */
    postgres: () => processesOf(dataDir),
    /** The cluster, as this node sees it. */
    async members(): Promise<readonly Member[]> {
      return ((await (await ask('/cluster')).json()) as { members: Member[] }).members
    },
    /** Has the primary, this node, hand over in order. Throws where it does not. */
    async switchOver(): Promise<void> {
      const answer = await ask('/switchover', { method: 'POST', body: JSON.stringify({ leader: name }) })
      if (!answer.ok) throw new Error(`Patroni does not switch over: ${await answer.text()}`)
    },
    said: () => machine.said(name),
  }
}

function at(port: number): string {
  return `127.0.0.1:${port}`
}
