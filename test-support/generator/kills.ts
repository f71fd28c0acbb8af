import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { ResumeRequest, RunRequest } from '../../src-shared/contract/runs.ts'
import type { StoreConfig } from '../../src-main/config/config.ts'

/** Where a process may be killed while it works on a slot, in the order in which it passes them. */
export const BOUNDARIES = ['planned', 'written', 'sent', 'answered', 'recorded'] as const
export type Boundary = (typeof BOUNDARIES)[number]

/** What a process is told that works on a run until it is killed. */
export interface MortalJob {
  readonly store: StoreConfig
  readonly site: { readonly url: string; readonly email: string; readonly apiToken: string }
  readonly siteId: string
  /** The run to begin; null: to go on with the last one. */
  readonly start: RunRequest | null
  readonly missed: NonNullable<ResumeRequest['missed']>
  /** Where it holds its breath, and at which pass; null: nowhere. */
  readonly stopAt: { readonly boundary: Boundary; readonly nth: number } | null
  /** Real milliseconds: see `GeneratorParts`, and for one call to Jira. */
  readonly inFlightMs: number
  readonly timeoutMs: number
}

export type MortalWord =
  | { readonly said: 'ready' }
  | { readonly said: 'works'; readonly runId: string }
  | { readonly said: 'there' }
  | { readonly said: 'done' }

export interface Mortal {
  /** Resolves with the next thing that it says; null once it has ended. */
  next(): Promise<MortalWord | null>
  /** SIGKILL. Resolves when it is gone. */
  kill(): Promise<void>
}

export const MORTAL_SCRIPT = fileURLToPath(new URL('./run-mortal.ts', import.meta.url))

/** Gives processes of their own, killed when the test ends. One is always started ahead: that takes its time. */
export function createMortals(script: string): (job: MortalJob) => Promise<Mortal> {
  let ready = startMortal(script)
  return async (job) => {
    const begin = await ready
    ready = startMortal(script)
    return begin(job)
  }
}

async function startMortal(script: string): Promise<(job: MortalJob) => Mortal> {
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const next = async (): Promise<MortalWord | null> => {
    const { value, done } = await lines.next()
    return done === true ? null : (JSON.parse(value) as MortalWord)
  }
  await next()
  return (job) => {
    child.stdin.write(`${JSON.stringify(job)}\n`)
    return {
      next,
      async kill() {
        child.kill('SIGKILL')
        await exited
      },
    }
  }
}
