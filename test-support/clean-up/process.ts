import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { StoreConfig } from '../../src-main/config/config.ts'

/** What a process of its own is told to clean up. */
export interface CleanUpJob {
  readonly kind: 'cloud' | 'data-center'
  readonly store: StoreConfig
  readonly site: { readonly url: string; readonly email: string; readonly apiToken: string }
  readonly siteId: string
  readonly runId: string
}

/** What it says, a line each. */
export type CleanUpWord =
  | { readonly said: 'ready' }
  | { readonly said: 'busy' } // another process works on it; it tries again
  | { readonly said: 'deleted'; readonly deleted: number; readonly total: number }
  | { readonly said: 'ended'; readonly state: string; readonly deleted: number }

export interface CleanUpProcess {
  readonly words: readonly CleanUpWord[]
  /** The last thing that it said. */
  last(): CleanUpWord
  /** SIGSTOP holds it up, SIGCONT lets it go on. */
  send(signal: 'SIGSTOP' | 'SIGCONT'): void
  /** Ends it at once. */
  kill(): Promise<void>
}

export const CLEAN_UP_SCRIPT = fileURLToPath(new URL('./run-clean-up.ts', import.meta.url))

/** Starts a process of its own, killed when the test ends. */
export async function startCleanUp(script: string, job: CleanUpJob): Promise<CleanUpProcess> {
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const words: CleanUpWord[] = []
  const ready = Promise.withResolvers<void>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    words.push(JSON.parse(line) as CleanUpWord)
    ready.resolve()
  })
  await ready.promise
  child.stdin.write(`${JSON.stringify(job)}\n`)
  return {
    words,
    last: () => words.at(-1) ?? { said: 'ready' },
    send: (signal) => void child.kill(signal),
    async kill() {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}
