import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A process that outlives ours, and then ends the server that we started and removes its folder. */
export interface Watcher {
  /** Names the server that runs; 0: none. */
  watch(pid: number): void
  /** Has it remove the folder and end. Idempotent. */
  end(): Promise<void>
}

export function startWatcher(folder: string): Watcher {
  const script = fileURLToPath(new URL('./watch-postgres.ts', import.meta.url))
  const args = ['--disable-warning=ExperimentalWarning', script, folder]
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'inherit'], detached: true })
  const exit = once(child, 'exit')
  return {
    watch: (pid) => void child.stdin.write(`${pid}\n`),
    async end() {
      child.stdin.end()
      await exit
    },
  }
}
