import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { pino } from 'pino'
import { inject, onTestFinished } from 'vitest'
import { DEFAULT_SANDBOX } from '#jira-sandbox'
import type { Environment } from '../../src-main/config/environment.ts'
import { ticketsBySlot } from '../generator/generator.ts'
import { createTestHandles } from '#jira-sandbox/testing'
import { makeTestEnvironment } from '../store/store.ts'
import { atEnd } from '../end.ts'
import { openSandbox, type SandboxConnection } from '../../src-main/workspace/sandbox-connection.ts'
import { createCliFixture } from './cli.ts'

/** A workspace whose sandbox outlives every command that is killed in it. */
export type TestWorkspace = Awaited<ReturnType<typeof openTestWorkspace>>

export type TestCommand = ReturnType<typeof startCommand>

const PATIENCE_MS = 45_000

/** All of it is gone when the test ends; outside of one, when its file ends. */
export async function openTestWorkspace() {
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
    /** Where the sandbox is, and how to sign in. */
    address: connection as Pick<SandboxConnection, 'url' | 'email' | 'apiToken'>,
    /** Where and with what a command is to be called there. */
    cwd: cli.cwd,
    env: env as Environment,
    /** A command in a process of its own; `more` goes into its environment. */
    start: (argv: readonly string[], more?: Environment): TestCommand =>
      startCommand(argv, cli.cwd, { ...env, ...more }),
    /** How many tickets the sandbox truly has for each slot of a run. */
    ticketsBySlot: (runId: string) => ticketsBySlot(sandbox, runId),
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
