import { Writable } from 'node:stream'
import type { CliIo } from './io.ts'
import { terminalKind } from './terminal-kind.ts'

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

/** stderr, where the terminal shows what questions are drawn with; else one that says it in ASCII. */
export function promptOutput({ stderr, env }: Pick<CliIo, 'stderr' | 'env'>): Writable {
  if (!terminalKind(env, process.platform).ascii) return stderr
  const known = outputs.get(stderr)
  if (known !== undefined) return known
  const output = asciiOutput(stderr)
  outputs.set(stderr, output)
  return output
}

/** As wide and high as the stream behind it, and told of its resizing. */
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
