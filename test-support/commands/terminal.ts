import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { inject } from 'vitest'
import { createTestScreen } from '../print/screen.ts'

/** Runs a command on a terminal of its own. */
const SCRIPT = 'script'

/**
 * Why there is no pseudo terminal here; null where there is. Node has none. util-linux's `script` makes one: it is on
 * every Debian, Ubuntu and Fedora, and not on macOS (whose `script` is another one), Alpine and Windows.
 */
export function whyNoTerminal(): string | null {
  if (process.platform !== 'linux') return 'only on Linux is there a script of util-linux'
  const { stdout, error } = spawnSync(SCRIPT, ['--version'], { encoding: 'utf8' })
  return error === undefined && stdout.includes('util-linux') ? null : 'there is no script of util-linux'
}

/** Our command line in a process of its own on a pseudo terminal, and the screen that a person would see. */
export type TestTerminal = ReturnType<typeof startTerminal>

export const KEY = {
  up: '\u001B[A',
  down: '\u001B[B',
  enter: '\r',
  escape: '\u001B',
  ctrlC: '\u0003',
} as const

const PATIENCE_MS = 45_000
const LOOK_MS = 20

interface TerminalOptions {
  readonly argv: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly columns?: number
  readonly rows?: number
}

/** `atEnd` ends it with the test. */
export function startTerminal(
  { argv, cwd, env, columns = 80, rows = 24 }: TerminalOptions,
  atEnd: (undo: () => void) => void,
) {
  const folder = mkdtempSync(path.join(tmpdir(), 'tpm-terminal-'))
  const program = [process.execPath, inject('programs').cli, ...argv].map(quoted).join(' ')
  const aboutFile = quoted(path.join(folder, 'about'))
  const line = `stty rows ${rows} cols ${columns}; echo $$ $(tty) > ${aboutFile}; exec ${program}`
  const child = spawn(SCRIPT, ['-qfec', line, '/dev/null'], {
    cwd,
    // What a test runs in shall not decide what is shown.
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
      ...env,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const screen = createTestScreen({ columns, rows })
  const decoder = new TextDecoder()
  child.stdout.on('data', (bytes: Buffer) => screen.write(decoder.decode(bytes, { stream: true })))
  child.stdin.on('error', () => {}) // typed after its end
  const about = (): string[] => readFileSync(path.join(folder, 'about'), 'utf8').trim().split(' ')
  const ended = once(child, 'close').then(([code]) => code as number | null)
  atEnd(() => {
    try {
      process.kill(Number(about()[0]), 'SIGKILL')
    } catch {
      // it has ended, or never begun
    }
    child.kill('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  })
  return {
    screen,
    /** Waits until the screen (and what was scrolled out of it) shows something. Throws with the screen after 45 s. */
    async shows(what: RegExp) {
      const startedMs = performance.now()
      while (!what.test(screen.all())) {
        if (performance.now() - startedMs > PATIENCE_MS) {
          throw new Error(`the terminal does not show ${String(what)}, but:\n${screen.all()}`)
        }
        await delay(LOOK_MS)
      }
    },
    type: (text: string) => void child.stdin.write(text),
    /** As if the window was made larger or smaller. */
    resize(size: { columns: number; rows: number }) {
      screen.resize(size)
      execFileSync('stty', ['-F', about()[1] ?? '', 'rows', String(size.rows), 'cols', String(size.columns)])
    },
    /** SIGKILL to the program itself. */
    kill: () => void process.kill(Number(about()[0]), 'SIGKILL'),
    /** The exit code. */
    ended,
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
