import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import type { Environment } from '../../src-main/config/environment.ts'
import type { CliIo } from '../../src-main/commands/cli/io.ts'
import type { SecretStore } from '../../src-main/secrets/secret-store.ts'
import { runCli } from '../../src-main/commands/program.ts'

export type CliResult = Awaited<ReturnType<typeof run>>

/** A folder to call the command line from, and a workspace in it. */
export type CliFixture = ReturnType<typeof createCliFixture>

const COLUMNS = 100
const ROWS = 30

type Answer = readonly [question: RegExp, typed: string]

export interface CallOptions {
  readonly env?: Environment
  readonly keychain?: SecretStore
  readonly isTTY?: boolean
  /** Whether stdout is a terminal of a person, who may see a link. */
  readonly stdoutIsTTY?: boolean
  readonly signal?: AbortSignal
  /** Typed into stdin at the start. */
  readonly typed?: string
  /** Nothing comes after it: stdin is a file or a pipe. */
  readonly endsStdin?: boolean
  /** What a person types when a question appears on stderr, in this order. */
  readonly answers?: readonly Answer[]
  /** Hears stdout as it comes. */
  readonly onStdout?: (text: string) => void
  readonly onStderr?: (text: string) => void
}

/** `environment`: what every command line finds in it, besides what it is called with. */
export function createCliFixture(environment: Environment = {}) {
  const cwd = mkdtempSync(path.join(tmpdir(), 'tpm-cli-'))
  const dataDir = path.join(cwd, 'data')
  writeFileSync(path.join(cwd, 'index.html'), '<!doctype html>')
  return {
    cwd,
    dataDir,
    /** Runs a command line on the workspace and returns what it wrote. */
    run: (argv: readonly string[], options: CallOptions = {}) =>
      run(argv, { JIRA_TPM_DATA_DIR: dataDir, ...environment, ...options.env }, cwd, options),
    close: () => rmSync(cwd, { recursive: true, force: true }),
  }
}

async function run(argv: readonly string[], env: Environment, cwd: string, options: CallOptions) {
  const { io, written } = createTestIo(cwd, { ...options, env })
  const code = await runCli(argv, io)
  return { code, ...written }
}

/** The world as a command sees it, and what it has written into it. */
export function createTestIo(
  cwd: string,
  options: CallOptions = {},
): { io: CliIo; written: { readonly stdout: string; readonly stderr: string } } {
  const written = { stdout: '', stderr: '' }
  const stdin = new PassThrough()
  const interrupted = new AbortController()
  const answers = [...(options.answers ?? [])]
  let answered = 0
  const answer = (): void => {
    const [next] = answers
    if (next === undefined || !next[0].test(written.stderr.slice(answered))) return
    answered = written.stderr.length
    answers.shift()
    // A question is drawn before it listens.
    setImmediate(() => stdin.write(next[1]))
  }
  const io: CliIo = {
    stdin,
    stdout: capture((text) => {
      written.stdout += text
      options.onStdout?.(text)
    }),
    stderr: asWide((text) => {
      written.stderr += text
      options.onStderr?.(text)
      answer()
    }),
    env: options.env ?? {},
    ...(options.keychain && { keychain: options.keychain }),
    cwd,
    // The page that `createCliFixture` puts there stands for the built dashboard.
    rendererDir: cwd,
    isTTY: options.isTTY ?? false,
    stdoutIsTTY: options.stdoutIsTTY ?? false,
    colour: false,
    columns: COLUMNS,
    rows: ROWS,
    onResize: () => () => {},
    signal: AbortSignal.any([interrupted.signal, ...(options.signal === undefined ? [] : [options.signal])]),
    readerGone: new AbortController().signal,
    interrupt: () => interrupted.abort(),
  }
  if (options.typed !== undefined) stdin.write(options.typed)
  if (options.endsStdin === true) stdin.end()
  return { io, written }
}

/** As a terminal, which knows its size: questions are drawn for it. */
function asWide(hear: (text: string) => void): PassThrough {
  return Object.assign(capture(hear), { columns: COLUMNS, rows: ROWS })
}

function capture(hear: (text: string) => void): PassThrough {
  const stream = new PassThrough()
  stream.setEncoding('utf8')
  stream.on('data', hear)
  return stream
}
