import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import type { Environment } from '../config/environment.ts'
import type { CliIo } from './io.ts'
import { runCli } from './run.ts'

export interface CliResult {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** A folder to call the command line from, and a workspace in it. */
export interface CliFixture {
  readonly cwd: string
  readonly dataDir: string
  /** Runs a command line on the workspace and returns what it wrote. */
  run(argv: readonly string[], options?: CallOptions): Promise<CliResult>
  close(): void
}

interface CallOptions {
  readonly env?: Environment
  readonly isTTY?: boolean
  readonly signal?: AbortSignal
  /** Typed into stdin at the start. */
  readonly typed?: string
  /** Hears stdout as it comes. */
  readonly onStdout?: (text: string) => void
}

export function createCliFixture(): CliFixture {
  const cwd = mkdtempSync(path.join(tmpdir(), 'tpm-cli-'))
  const dataDir = path.join(cwd, 'data')
  writeFileSync(path.join(cwd, 'index.html'), '<!doctype html>')
  return {
    cwd,
    dataDir,
    run: (argv, options = {}) => run(argv, { JIRA_TPM_DATA_DIR: dataDir, ...options.env }, cwd, options),
    close: () => rmSync(cwd, { recursive: true, force: true }),
  }
}

async function run(
  argv: readonly string[],
  env: Environment,
  cwd: string,
  options: CallOptions,
): Promise<CliResult> {
  const written = { stdout: '', stderr: '' }
  const io: CliIo = {
    stdin: new PassThrough(),
    stdout: capture((text) => {
      written.stdout += text
      options.onStdout?.(text)
    }),
    stderr: capture((text) => void (written.stderr += text)),
    env,
    cwd,
    // The page that `createCliFixture` puts there stands for the built dashboard.
    rendererDir: cwd,
    isTTY: options.isTTY ?? false,
    colour: false,
    columns: 100,
    signal: options.signal ?? new AbortController().signal,
  }
  if (options.typed !== undefined) (io.stdin as PassThrough).write(options.typed)
  const code = await runCli(argv, io)
  return { code, ...written }
}

function capture(hear: (text: string) => void): PassThrough {
  const stream = new PassThrough()
  stream.setEncoding('utf8')
  stream.on('data', hear)
  return stream
}
