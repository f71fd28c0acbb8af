import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished } from 'vitest'
import type { SyncStatus } from '../../src-shared/contract/tickets.ts'
import type { StoreConfig } from '../../src-main/config/config.ts'

/** What an instance in a process of its own is to watch. */
export interface BackgroundJob {
  readonly store: StoreConfig
  readonly site: { readonly url: string; readonly email: string; readonly apiToken: string }
  readonly siteId: string
  readonly priorityIds: readonly string[]
  readonly intervalMs: number
  /** Its machine's name. */
  readonly host: string
  /** Whether it takes itself for a process of another machine than the others, so that they cannot know of its death. */
  readonly elsewhere: boolean
}

export type BackgroundWord =
  | { readonly said: 'ready' }
  | { readonly said: 'searched' }
  | { readonly said: 'status'; readonly status: SyncStatus }

export interface BackgroundProcess {
  readonly host: string
  /** The last status that it told; null before the first. */
  status(): SyncStatus | null
  /** Searches of Jira that it was answered. */
  searches(): number
  /** Resolves when it leads and has fetched. */
  leads(): Promise<void>
  /** Resolves when it follows the instance of that machine. */
  follows(host: string): Promise<void>
  /** SIGSTOP holds it up, SIGCONT lets it go on. */
  send(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void
  /** Lets it end in good order. */
  stop(): Promise<void>
}

export const BACKGROUND_SCRIPT = fileURLToPath(new URL('./run-background.ts', import.meta.url))
const PATIENCE = { timeout: 45_000, interval: 5 }

/** Starts an instance in a process of its own, which is killed when the test ends. */
export async function startBackground(script: string, job: BackgroundJob): Promise<BackgroundProcess> {
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const { host } = job
  let status: SyncStatus | null = null
  let searches = 0
  const ready = Promise.withResolvers<void>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    const word = JSON.parse(line) as BackgroundWord
    if (word.said === 'ready') ready.resolve()
    if (word.said === 'searched') searches++
    if (word.said === 'status') status = word.status
  })
  await ready.promise
  child.stdin.write(`${JSON.stringify(job)}\n`)
  const shows = async (wanted: object): Promise<void> => {
    await expect.poll(() => status, { ...PATIENCE, message: host }).toMatchObject(wanted)
  }
  return {
    host,
    status: () => status,
    searches: () => searches,
    leads: () => shows({ by: null, failure: null, lastSuccessMs: expect.any(Number) }),
    follows: (leader) => shows({ by: leader, lastSuccessMs: expect.any(Number) }),
    send: (signal) => void child.kill(signal),
    async stop() {
      child.stdin.write('stop\n')
      child.stdin.end()
      await once(child, 'exit')
    },
  }
}
