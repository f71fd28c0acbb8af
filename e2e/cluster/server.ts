import { execFile, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { cleanEnv } from '../fixtures/clean-env.ts'
import type { Machine } from './machine.ts'
import { until } from './until.ts'

export interface ServerOptions {
  /** The built command line. */
  readonly cli: string
  /** Of its data folder, and its log in the machine's folder. */
  readonly name: string
  readonly port: number
  /** Besides `serve`. */
  readonly flags?: readonly string[]
  readonly env: Readonly<Record<string, string>>
}

export type Server = ReturnType<typeof prepareServer>

/** `jira-tpm serve` in a process and a data folder of its own. */
export function prepareServer(machine: Machine, { cli, name, port, flags = [], env }: ServerOptions) {
  const dataDir = machine.place(name)
  mkdirSync(dataDir, { mode: 0o700 })
  writeFileSync(path.join(dataDir, 'config.json'), JSON.stringify({ syncIntervalSeconds: 1 }))
  const url = `http://127.0.0.1:${port}`
  const options = { cwd: dataDir, env: { ...cleanEnv(), ...env } }
  const args = [cli, 'serve', '--port', String(port), ...flags, '--data-dir', dataDir]
  let child: ReturnType<typeof spawn> | null = null
  return {
    name,
    url,
    /** Resolves when it serves. */
    async start(): Promise<void> {
      const log = openSync(machine.place(`${name}.log`), 'a')
      const started = spawn(process.execPath, args, {
        ...options,
        stdio: ['ignore', log, log],
        detached: true,
      })
      closeSync(log)
      child = started
      await until(
        `${name} serves`,
        async () => {
          if (started.exitCode !== null) throw new Error(`it ended with ${started.exitCode}`)
          return (await fetch(`${url}/health`)).ok
        },
        { said: () => machine.said(name) },
      )
    },
    /** Ends it at once, as a power cut would. */
    async kill(): Promise<void> {
      const ending = child
      if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return
      const ended = new Promise((resolve) => ending.once('exit', resolve))
      ending.kill('SIGKILL')
      await ended
    },
    /** What a command prints with `--json` in the same data folder. */
    async command(...command: readonly string[]): Promise<Record<string, unknown>> {
      const argv = [cli, ...command, '--json', '--data-dir', dataDir]
      const { stdout } = await promisify(execFile)(process.execPath, argv, options)
      return JSON.parse(stdout) as Record<string, unknown>
    },
    said: () => machine.said(name),
  }
}
