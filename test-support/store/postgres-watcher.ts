import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A process that outlives ours, and then ends the server that we started and removes its folder. */
export type Watcher = ReturnType<typeof startWatcher>

export function startWatcher(folder: string) {
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
