import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, statfsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { give, makeServerFolder, serverAccount } from '../../test-support/store/postgres-account.ts'

/** A program that was started; it ends with our process at the latest. */
export interface Running {
  /** Ends it and its group at once; nothing where it has ended. */
  kill(): Promise<void>
}

const MEMORY = '/dev/shm'
const ENOUGH_BYTES = 4 * 1024 ** 3

/** etcd waits for the disk, and votes anew where that is slow: what is opened from now on is in memory, where there is room. */
export function keepFilesInMemory(): void {
  const { bavail, bsize } = existsSync(MEMORY) ? statfsSync(MEMORY) : { bavail: 0, bsize: 0 }
  if (bavail * bsize >= ENOUGH_BYTES) process.env['TMPDIR'] ??= MEMORY
}

export type Machine = ReturnType<typeof openMachine>

const LOG_CHARACTERS = 3_000

/**
 * A temporary folder, and programs of another account that live in it: PostgreSQL refuses to run as root. They and the
 * folder are gone when our process is, however that ends.
 */
export function openMachine() {
  const account = serverAccount()
  const folder = makeServerFolder(account)
  const watcher = startWatcher(folder)
  const place = (name: string): string => path.join(folder, name)
  return {
    folder,
    place,
    /** Writes a file that the programs can read. */
    write(name: string, text: string): string {
      writeFileSync(place(name), text, { mode: 0o600 })
      give(place(name), account)
      return place(name)
    },
    makeFolder(name: string): string {
      mkdirSync(place(name), { mode: 0o700 })
      give(place(name), account)
      return place(name)
    },
    /** Starts a program, whose output goes to the file `NAME.log` of the folder. */
    start(name: string, program: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
      const log = openSync(place(`${name}.log`), 'a')
      const child = spawn(program, args, {
        ...account,
        cwd: folder,
        // Nothing of the developer's reaches it: PGDATA, PATRONI_…, ETCD_….
        env: { ...passedOn(), HOME: folder, TMPDIR: folder, LC_ALL: 'C', TZ: 'UTC', ...env },
        stdio: ['ignore', log, log],
        detached: true, // a group of its own: Ctrl-C is ours to handle
      })
      closeSync(log)
      const ended = new Promise<void>((resolve) => {
        child.once('exit', () => resolve())
        child.once('error', () => resolve())
      })
      return {
        async kill() {
          if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
            process.kill(-child.pid, 'SIGKILL')
          await ended
        },
      }
    },
    /** The last that a program has said. */
    said(name: string): string {
      try {
        return readFileSync(place(`${name}.log`), 'utf8').slice(-LOG_CHARACTERS)
      } catch {
        return '(nothing)'
      }
    },
    /** Ends all programs and removes the folder. Idempotent. */
    end: () => watcher.end(),
  }
}

/** With the second a benchmark knows what it has started. */
function passedOn(): NodeJS.ProcessEnv {
  return Object.fromEntries(['PATH', 'JIRA_TPM_BENCH'].map((name) => [name, process.env[name]]))
}

function startWatcher(folder: string) {
  const script = fileURLToPath(new URL('./watch-machine.ts', import.meta.url))
  const args = ['--disable-warning=ExperimentalWarning', script, folder]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'inherit'], detached: true })
  const exit = once(child, 'exit')
  return {
    async end() {
      child.stdin.end()
      await exit
    },
  }
}
