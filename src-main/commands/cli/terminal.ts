import { Writable } from 'node:stream'
import type { Environment } from '../../config/environment.ts'
import type { CliIo } from './io.ts'

/** What a terminal can do, as far as the environment shows. */
export interface TerminalKind {
  /** Only ASCII: the Linux console's font has no blocks, and a locale without UTF-8 has no other characters. */
  readonly ascii: boolean
  /** Nothing is drawn over: for a terminal that cannot (`TERM=dumb`), and for a screen reader (`ACCESSIBLE`). */
  readonly plain: boolean
}

/** What the questions are drawn with, and what stands for it where there is nothing but ASCII. */
const IN_ASCII: Readonly<Record<string, string>> = {
  '◆': '*',
  '◇': 'o',
  '■': 'x',
  '▲': '!',
  '●': '>',
  '○': ' ',
  '◻': '[ ]',
  '◼': '[+]',
  '┌': '+',
  '└': '+',
  '├': '+',
  '╮': '+',
  '╯': '+',
  '│': '|',
  '─': '-',
  '↑': 'up',
  '↓': 'down',
  '←': 'left',
  '→': 'right',
  '•': '-',
  '·': '-',
  '–': '-',
  '…': '...',
  '’': "'",
  '×': 'x',
  '▪': '*',
  '⏎': 'Enter',
}

const outputs = new WeakMap<Writable, Writable>()

export function terminalKind({ env }: Pick<CliIo, 'env'>): TerminalKind {
  const { TERM, ACCESSIBLE } = env
  const wantsPlain = ACCESSIBLE !== undefined && !['', '0', 'false'].includes(ACCESSIBLE)
  return { ascii: isAscii(env), plain: TERM === 'dumb' || wantsPlain }
}

function isAscii(env: Environment): boolean {
  const { TERM } = env
  if (TERM === 'linux' || TERM === 'dumb') return true
  if (process.platform === 'win32') return isOldWindowsConsole(env)
  // Where no locale is set (a container, say), the terminal outside of it knows UTF-8 all the same.
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  return locale !== '' && !/utf-?8/i.test(locale)
}

/** Everything newer than its plain old window says so. */
function isOldWindowsConsole(env: Environment): boolean {
  const signs = ['WT_SESSION', 'TERM_PROGRAM', 'ConEmuTask', 'TERMINUS_SUBLIME', 'TERMINAL_EMULATOR', 'CI']
  return env['TERM'] === undefined && !signs.some((sign) => Boolean(env[sign]))
}

/** stderr, where the terminal shows what questions are drawn with; else one that says it in ASCII. */
export function promptOutput({ stderr, env }: Pick<CliIo, 'stderr' | 'env'>): Writable {
  if (!terminalKind({ env }).ascii) return stderr
  const known = outputs.get(stderr)
  if (known !== undefined) return known
  const output = asciiOutput(stderr)
  outputs.set(stderr, output)
  return output
}

/** As wide and high as the stream behind it, and notified of its resizing. */
function asciiOutput(stderr: Writable): Writable {
  const output = new Writable({
    decodeStrings: false,
    write: (chunk: string | Buffer, _encoding, done) => void stderr.write(inAscii(String(chunk)), done),
  })
  for (const name of ['columns', 'rows', 'isTTY'] as const) {
    Object.defineProperty(output, name, { get: () => (stderr as Partial<typeof process.stderr>)[name] })
  }
  stderr.on('resize', () => void output.emit('resize'))
  return output
}

export function inAscii(text: string): string {
  return Array.from(text, (character) => IN_ASCII[character] ?? character).join('')
}
