import { accessSync, constants } from 'node:fs'
import path from 'node:path'
import { findPostgres } from '../../test-support/store/postgres-bin.ts'

/** Where the programs are that a cluster is made of. */
export interface ClusterPrograms {
  readonly etcd: string
  readonly haproxy: string
  readonly patroni: string
  readonly pgbouncer: string
  /** The folder of PostgreSQL's. */
  readonly postgresBin: string
}

/** Debian 12 has Patroni 3.0.2, which knows no later one. */
const POSTGRES_MAJOR = 15

const PROGRAMS = ['etcd', 'haproxy', 'patroni', 'pgbouncer'] as const

/** Packages keep servers out of the PATH of who is not root. */
const SYSTEM_FOLDERS = ['/usr/local/sbin', '/usr/sbin', '/usr/local/bin', '/usr/bin']

/** Null where one is missing: `whyNoCluster` says which. */
export function findClusterPrograms(): ClusterPrograms | null {
  const [etcd, haproxy, patroni, pgbouncer] = PROGRAMS.map(find)
  const postgresBin = findPostgres(POSTGRES_MAJOR)?.bin ?? null
  if (!etcd || !haproxy || !patroni || !pgbouncer || postgresBin === null) return null
  return { etcd, haproxy, patroni, pgbouncer, postgresBin }
}

/** Why no cluster can be started here, and what to do; null where one can. */
export function whyNoCluster(): string | null {
  if (process.platform !== 'linux') return 'one is started on Linux alone'
  if (findClusterPrograms() !== null) return null
  const missing: string[] = PROGRAMS.filter((name) => find(name) === null)
  if (findPostgres(POSTGRES_MAJOR) === null) missing.push(`PostgreSQL ${POSTGRES_MAJOR}`)
  return `${missing.join(', ')} not found. On Debian: apt-get install patroni etcd-server haproxy pgbouncer postgresql-${POSTGRES_MAJOR}`
}

function find(name: string): string | null {
  const { PATH = '' } = process.env
  const folders = [...PATH.split(path.delimiter), ...SYSTEM_FOLDERS].filter((folder) => folder !== '')
  return folders.map((folder) => path.join(folder, name)).find(isProgram) ?? null
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
