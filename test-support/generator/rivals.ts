import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { RunRequest } from '../../src-shared/contract/runs.ts'
import type { StoreConfig } from '../../src-main/config/config.ts'

/** What one of several processes that work on the same runs is told. */
export interface RivalJob {
  readonly store: StoreConfig
  readonly site: { readonly url: string; readonly email: string; readonly apiToken: string }
  readonly siteId: string
  /** The run to begin; null: to go on with what others left. */
  readonly start: RunRequest | null
}

export type RivalWord =
  | { readonly said: 'ready' }
  | { readonly said: 'works'; readonly runId: string }
  | { readonly said: 'rests' }
  | { readonly said: 'done' }

export interface Rival {
  /** The last thing that it said. */
  last(): RivalWord['said']
  /** The run that it works or worked on; null where it found none. */
  runId(): string | null
  /** SIGSTOP holds it up, SIGCONT lets it go on. */
  send(signal: 'SIGSTOP' | 'SIGCONT'): void
  /** Ends it at once. */
  kill(): Promise<void>
}

export const RIVAL_SCRIPT = fileURLToPath(new URL('./run-rival.ts', import.meta.url))

/** Starts a process of its own, killed when the test ends. */
export async function startRival(script: string, job: RivalJob): Promise<Rival> {
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let last: RivalWord['said'] = 'ready'
  let runId: string | null = null
  const ready = Promise.withResolvers<void>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    const word = JSON.parse(line) as RivalWord
    last = word.said
    if (word.said === 'ready') ready.resolve()
    if (word.said === 'works') runId = word.runId
  })
  await ready.promise
  child.stdin.write(`${JSON.stringify(job)}\n`)
  return {
    last: () => last,
    runId: () => runId,
    send: (signal) => void child.kill(signal),
    async kill() {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}
