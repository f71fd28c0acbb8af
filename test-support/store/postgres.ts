import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '../free-port.ts'
import { give, makeServerFolder, runnablePrograms, serverAccount } from './postgres-account.ts'
import { findPostgres, whyNoPostgres } from './postgres-bin.ts'
import { signalServer } from './postgres-processes.ts'
import {
  initData,
  killServer,
  shutDownServer,
  startPostmaster,
  type Postmaster,
  type Programs,
  type Settings,
} from './postgres-server.ts'

export interface PostgresOptions {
  /** The folder of its programs, see `findPostgres`; unset: the first that is found. */
  readonly bin?: string
  /** Unset: any free one. It stays the same over `restart`. */
  readonly port?: number
  /** As in postgresql.conf. */
  readonly settings?: Settings
  /** True: it waits for the disk, as a server in use does. Without, what was committed outlives a `kill` all the same. */
  readonly durable?: boolean
  /**
   * A data folder that stays when the server is stopped, made where it is missing, in a folder that anyone may enter;
   * unset: a temporary one.
   */
  readonly dataDir?: string
  /** It begins as a copy of this server's data, which must not run meanwhile: a standby that follows it by streaming. */
  readonly standbyOf?: TestPostgres
  /** As `standbyOf`, but as a primary of its own. */
  readonly cloneOf?: TestPostgres
}

/** A real server on 127.0.0.1 whose one user, `postgres`, needs no password. */
export type TestPostgres = Awaited<ReturnType<typeof runServer>>

const HOST = '127.0.0.1'

/** What was committed outlives the server all the same, but not the machine. */
const NOT_DURABLE: Settings = { fsync: 'off', full_page_writes: 'off' }

/**
 * Starts a server. It ends with this process, however that ends. As root it runs as `postgres` or `nobody`. Throws an
 * Error with the server's own words where it cannot be started.
 */
export async function startPostgres(options: PostgresOptions = {}): Promise<TestPostgres> {
  const bin = options.bin ?? findPostgres()?.bin
  if (bin === undefined) throw new Error(`No PostgreSQL can be started: ${whyNoPostgres()}`)
  const account = serverAccount()
  const folder = makeServerFolder(account)
  const watcher = startWatcher(folder)
  try {
    const programs = { bin: runnablePrograms(bin, account, folder), account, cwd: folder }
    const { dataDir = path.join(folder, 'data'), port = await freePort(HOST), standbyOf } = options
    const original = standbyOf ?? options.cloneOf
    if (original !== undefined) copyData(original.dataDir, dataDir)
    if (standbyOf !== undefined) {
      writeFileSync(path.join(dataDir, 'standby.signal'), '')
      give(path.join(dataDir, 'standby.signal'), account)
    }
    if (!existsSync(path.join(dataDir, 'PG_VERSION'))) initData(programs, dataDir)
    return await runServer(
      programs,
      { dataDir, port, watcher },
      {
        listen_addresses: HOST,
        port,
        unix_socket_directories: folder,
        shared_buffers: '64MB',
        ...(options.durable ? {} : NOT_DURABLE),
        ...(standbyOf !== undefined && {
          primary_conninfo: `host=${HOST} port=${standbyOf.port} user=postgres`,
          wal_retrieve_retry_interval: '200ms',
        }),
        ...options.settings,
      },
    )
  } catch (error) {
    await watcher.end()
    throw error
  }
}

/** Tablespaces come along as folders of the copy's own. */
function copyData(from: string, to: string): void {
  execFileSync('cp', ['-aL', from, to])
  rmSync(path.join(to, 'postmaster.pid'), { force: true })
}

interface Place {
  readonly dataDir: string
  readonly port: number
  readonly watcher: Watcher
}

async function runServer(programs: Programs, { dataDir, port, watcher }: Place, firstSettings: Settings) {
  let settings = firstSettings
  let running: Postmaster | null = null
  const start = async (): Promise<Postmaster> => {
    const postmaster = await startPostmaster(programs, dataDir, settings)
    running = postmaster
    watcher.watch(postmaster.pid)
    void postmaster.ended.then(() => {
      running = null
      watcher.watch(0)
    })
    return postmaster
  }
  const shutDown = async (): Promise<void> => {
    if (running !== null) await shutDownServer(running)
  }
  const { log } = await start()
  return {
    /** `18.4` */
    version: /starting PostgreSQL (?<version>\S+)/.exec(log())?.groups?.['version'] ?? '',
    host: HOST,
    port,
    dataDir,
    /** The folder of its Unix socket. */
    socketDir: programs.cwd,
    url: (database = 'postgres') => `postgres://postgres@${HOST}:${port}/${database}`,
    /** The postmaster's; 0 while it does not run. */
    pid: () => running?.pid ?? 0,
    /** What it has said since it was last started, the last 64 kB of it. */
    log: () => running?.log() ?? '',
    /** Ends it with all its backends at once, as a power cut would. */
    async kill() {
      if (running !== null) await killServer(running)
    },
    /** All its processes stand still: the kernel takes connections, and nobody answers them. */
    stall() {
      if (running !== null) signalServer(running.pid, 'SIGSTOP')
    },
    /** They go on. */
    continue() {
      if (running !== null) signalServer(running.pid, 'SIGCONT')
    },
    /** Starts it on the same data and port, with further settings; one that runs is shut down first. */
    async restart(changed: Settings = {}) {
      await shutDown()
      settings = { ...settings, ...changed }
      await start()
    },
    /** Writes a file into its data folder, for the server alone to read: pg_hba.conf, standby.signal, a certificate's key. */
    write(name: string, text: string) {
      const file = path.join(dataDir, name)
      writeFileSync(file, text, { mode: 0o600 })
      give(file, programs.account)
    },
    /** Ends it in order; its data stays. */
    shutDown,
    /** Ends it and removes its data, but for a `dataDir` that was given. Idempotent. */
    async stop() {
      await shutDown()
      await watcher.end()
    },
  }
}

/** A process that outlives ours, and then ends the server that we started and removes its folder. */
type Watcher = ReturnType<typeof startWatcher>

function startWatcher(folder: string) {
  const script = fileURLToPath(new URL('./watch-postgres.ts', import.meta.url))
  const args = ['--disable-warning=ExperimentalWarning', script, folder]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'inherit'], detached: true })
  const exit = once(child, 'exit')
  return {
    /** Names the server that runs; 0: none. */
    watch: (pid: number) => void child.stdin.write(`${pid}\n`),
    /** Has it remove the folder and end. Idempotent. */
    async end() {
      child.stdin.end()
      await exit
    },
  }
}
