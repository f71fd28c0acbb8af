import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { give, type Account } from './postgres-account.ts'
import { anyRuns, childrenOf, signalServer } from './postgres-processes.ts'

export type Settings = Readonly<Record<string, string | number>>

/** The postmaster of a server that takes connections. */
export type Postmaster = Awaited<ReturnType<typeof startPostmaster>>

const START_TIMEOUT_MS = 60_000
const STOP_TIMEOUT_MS = 10_000
const LOG_CHARACTERS = 64 * 1024
const READY = /ready to accept (?:read.only )?connections/

/** Whose programs in which folder. */
export interface Programs {
  readonly bin: string
  readonly account: Account
  readonly cwd: string
}

/** Fills a data folder. Nothing waits for the disk: what a test makes need not outlive the machine. */
export function initData({ bin, account, cwd }: Programs, dataDir: string): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  give(dataDir, account)
  const flags = ['--auth=trust', '--no-sync', '--encoding=UTF8', '--locale=C', '--no-instructions']
  const { status, stderr, error } = spawnSync(
    path.join(bin, 'initdb'),
    ['-D', dataDir, '-U', 'postgres', ...flags],
    { ...account, cwd, env: environment(), encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`initdb failed: ${error?.message ?? stderr}`)
}

/** Starts a server on filled data. Throws an Error with its own words where it does not come up. */
export async function startPostmaster({ bin, account, cwd }: Programs, dataDir: string, settings: Settings) {
  const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const child = spawn(path.join(bin, 'postgres'), ['-D', dataDir, ...args], {
    ...account,
    cwd,
    env: environment(),
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true, // a group of its own: Ctrl-C is the test's to handle
  })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  let log = ''
  const ready = new Promise<void>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${log}`)))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      log = (log + text).slice(-LOG_CHARACTERS)
      if (READY.test(log)) resolve()
    })
  })
  const tooLong = setTimeout(() => child.kill('SIGKILL'), START_TIMEOUT_MS)
  await ready.finally(() => clearTimeout(tooLong))
  const { pid } = child
  if (pid === undefined) throw new Error('PostgreSQL has no process')
  return {
    pid,
    /** What it has said, the last 64 kB of it. */
    log: () => log,
    /** Resolves when it has ended. */
    ended,
    /** Has it end in order, its connections cut; nothing where it has ended. */
    interrupt: () => void child.kill('SIGINT'),
  }
}

/** Ends it with all its backends at once, as a power cut would. */
export async function killServer({ pid, ended }: Postmaster): Promise<void> {
  const backends = childrenOf(pid)
  signalServer(pid, 'SIGKILL')
  await ended
  // It cannot be started again while one of them is attached to its memory.
  const patience = AbortSignal.timeout(STOP_TIMEOUT_MS)
  while (anyRuns(backends) && !patience.aborted) await delay(5)
}

/** Ends it in order, its connections cut; by force where it takes too long. */
export async function shutDownServer(postmaster: Postmaster): Promise<void> {
  signalServer(postmaster.pid, 'SIGCONT') // it may be stalled
  postmaster.interrupt()
  const late = new AbortController()
  const deadline = delay(STOP_TIMEOUT_MS, 'late', { signal: late.signal }).catch(() => 'ended')
  const first = await Promise.race([postmaster.ended, deadline])
  late.abort()
  if (first === 'late') await killServer(postmaster)
}

/** No PGDATA or PGPORT of the developer's reaches it; what it says is in English. */
function environment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('PG'))
  return { ...Object.fromEntries(own), LC_ALL: 'C', TZ: 'UTC' }
}
