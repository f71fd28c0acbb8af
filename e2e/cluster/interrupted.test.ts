import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { processesOf } from './processes.ts'

const PATIENCE = { timeout: 120_000, interval: 200 }

// A whole team each: in the long run alone.
const LONG = process.env['JIRA_TPM_LONG'] !== undefined

test.runIf(LONG).for(['SIGINT', 'SIGKILL'] as const)(
  'npm run cluster ended by %s leaves no process and no folder of it',
  { timeout: 2 * PATIENCE.timeout },
  async (signal) => {
    const script = path.join(import.meta.dirname, 'run.ts')
    const args = ['--disable-warning=ExperimentalWarning', script, '--no-faults', '--keep', '--viewers', '2']
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const exit = once(child, 'exit')
    let said = ''
    child.stdout.on('data', (more: Buffer) => (said += more.toString()))
    await vi.waitUntil(() => said.includes('until Ctrl-C'), PATIENCE)
    const folder = /Logs and data +(\S+)/.exec(said)?.[1] ?? ''
    expect(processesOf(folder).length).toBeGreaterThan(10)
    child.kill(signal)
    await exit
    await vi.waitUntil(() => !existsSync(folder) && processesOf(folder).length === 0, PATIENCE)
  },
)
