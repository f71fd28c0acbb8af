import { execFile, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { cleanEnv } from '../fixtures/clean-env.ts'
import type { Machine } from './machine.ts'
import { until } from './until.ts'

interface CommandLineOptions {
  /** The built command line. */
  readonly cli: string
  /** Of its data folder, and its log in the machine's folder. */
  readonly name: string
  readonly env: Readonly<Record<string, string>>
}

/** What a command came to. */
interface Ran {
  readonly isWell: boolean
  /** What it printed with `--json`; null: nothing. */
  readonly document: Record<string, unknown> | null
  /** What it said besides. */
  readonly said: string
}

/** `jira-tpm` with a data folder of its own, and nothing of the developer's settings. */
export function prepareCommandLine(machine: Machine, { cli, name, env }: CommandLineOptions) {
  const dataDir = machine.place(name)
  mkdirSync(dataDir, { mode: 0o700 })
  const options = { cwd: dataDir, env: { ...cleanEnv(), ...env } }
  const run = (...command: readonly string[]): Promise<Ran> =>
    new Promise((resolve) => {
      const argv = [cli, ...command, '--json', '--data-dir', dataDir]
      execFile(process.execPath, argv, options, (error, stdout, said) =>
        resolve({
          isWell: error === null,
          document: stdout === '' ? null : (JSON.parse(stdout) as Record<string, unknown>),
          said,
        }),
      )
    })
  return {
    dataDir,
    options,
    run,
    /** Gives what a command prints. Throws where it fails. */
    async command(...command: readonly string[]): Promise<Record<string, unknown>> {
      const { isWell, document, said } = await run(...command)
      if (!isWell || document === null) throw new Error(`jira-tpm ${command.join(' ')}: ${said}`)
      return document
    },
  }
}

export type CommandLine = ReturnType<typeof prepareCommandLine>

interface ServerOptions extends CommandLineOptions {
  readonly port: number
  /** Besides `serve`. */
  readonly flags?: readonly string[]
}

export type Server = ReturnType<typeof prepareServer>

/** `jira-tpm serve` in a process and a data folder of its own. */
export function prepareServer(machine: Machine, { port, flags = [], ...line }: ServerOptions) {
  const { cli, name } = line
  const commandLine = prepareCommandLine(machine, line)
  const { dataDir, options } = commandLine
  writeFileSync(path.join(dataDir, 'config.json'), JSON.stringify({ syncIntervalSeconds: 1 }))
  const url = `http://127.0.0.1:${port}`
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
    /** The command line in the same data folder. */
    ...commandLine,
    said: () => machine.said(name),
  }
}
