import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { pino } from 'pino'
import { inject, onTestFinished } from 'vitest'
import { DEFAULT_SANDBOX } from '#jira-sandbox'
import type { Environment } from '../../src-main/config/environment.ts'
import { runLabel, SLOT_PROPERTY } from '../../src-main/generator/marks.ts'
import { createTestHandles, type TestHandles } from '#jira-sandbox/testing'
import { makeTestEnvironment } from '../store/store.ts'
import { atEnd } from '../end.ts'
import { openSandbox, type SandboxConnection } from '../../src-main/workspace/sandbox-connection.ts'
import { createCliFixture, type CliFixture } from './cli.ts'

/** A workspace whose sandbox outlives every command that is killed in it. */
export interface TestWorkspace {
  readonly cli: CliFixture
  readonly sandbox: TestHandles
  /** Where the sandbox is, and how to sign in. */
  readonly address: Pick<SandboxConnection, 'url' | 'email' | 'apiToken'>
  /** Where and with what a command is to be called there. */
  readonly cwd: string
  readonly env: Environment
  /** A command in a process of its own; `more` goes into its environment. */
  start(argv: readonly string[], more?: Environment): TestCommand
  /** How many tickets the sandbox truly has for each slot of a run. */
  ticketsBySlot(runId: string): Promise<Map<number, number>>
}

export type TestCommand = ReturnType<typeof startCommand>

const PATIENCE_MS = 45_000

/** All of it is gone when the test ends; outside of one, when its file ends. */
export async function openTestWorkspace(): Promise<TestWorkspace> {
  const environment = await makeTestEnvironment()
  const cli = createCliFixture(environment)
  atEnd(async () => cli.close())
  mkdirSync(cli.dataDir)
  const connection = await openSandbox({
    config: { dataDir: cli.dataDir, sandbox: { ...DEFAULT_SANDBOX, historyTickets: 0 } },
    log: pino({ level: 'silent' }),
  })
  atEnd(() => connection.stop())
  const sandbox = createTestHandles(connection)
  const env = { JIRA_TPM_DATA_DIR: cli.dataDir, ...environment }
  return {
    cli,
    sandbox,
    address: connection,
    cwd: cli.cwd,
    env,
    start: (argv, more) => startCommand(argv, cli.cwd, { ...env, ...more }),
    async ticketsBySlot(runId) {
      const tickets = await sandbox.truth(runLabel(runId))
      const bySlot = new Map<number, number>()
      for (const { id } of tickets) {
        const { body } = await sandbox.request('GET', `/rest/api/3/issue/${id}/properties/${SLOT_PROPERTY}`)
        const { slot } = (body as { value: { slot: number } }).value
        bySlot.set(slot, (bySlot.get(slot) ?? 0) + 1)
      }
      return bySlot
    },
  }
}

function startCommand(argv: readonly string[], cwd: string, env: Environment) {
  const child = spawn(process.execPath, [inject('programs').cli, ...argv], {
    cwd,
    // As from a path of its own, however the tests were started.
    env: { ...process.env, npm_command: undefined, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const written = { stdout: '', stderr: '' }
  const heard = new EventTarget()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => {
      written[name] += text
      heard.dispatchEvent(new Event('text'))
    })
  }
  let hasEnded = false
  const ended = once(child, 'close').then(([code]) => {
    hasEnded = true
    heard.dispatchEvent(new Event('text'))
    return code as number | null
  })
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
  })
  return {
    process: child,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    /** Waits until stderr shows something. Throws with what it shows after 45 s, or when it has ended. */
    async says(what: RegExp) {
      const late = AbortSignal.timeout(PATIENCE_MS)
      while (!what.test(written.stderr)) {
        if (hasEnded || late.aborted) {
          throw new Error(
            `the command does not say ${String(what)}, but:\n${written.stderr}${written.stdout}`,
          )
        }
        await once(heard, 'text', { signal: late }).catch(() => {})
      }
    },
    /** The exit code; null after a signal. */
    ended,
  }
}
