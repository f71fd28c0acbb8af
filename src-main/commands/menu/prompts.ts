import { emitKeypressEvents } from 'node:readline'
import { log } from '@clack/prompts'
import { AppError, toWireError, errorText } from '../../../src-shared/errors/app-error.ts'
import { wrapText } from '../../print/text-width.ts'
import { hideSecrets } from '../../secrets/hide-secrets.ts'
import { repeatFlags, type CliIo } from '../cli/io.ts'
import { inAscii, promptOutput, terminalKind } from '../cli/terminal.ts'
import { orAbort } from '../../runtime/async.ts'

/** So long (ms) after Escape nothing may come that makes another key of it. */
const ESCAPE_MS = 50

/** Columns that the line at the left of a menu takes. */
const GUIDE = 3

/** Sentences among the questions of a menu, wrapped at words; the sign before them says of which kind they are. */
export function show(io: CliIo, kind: 'message' | 'success' | 'warn' | 'error', text: string): void {
  log[kind](wrapped(io, text), { output: promptOutput(io) })
}

/** What went wrong. A bug is printed with its stack, for the report. */
export function showError(io: CliIo, error: unknown): void {
  show(io, 'error', errorText(error instanceof AppError ? error : toWireError(error)))
  if (error instanceof AppError) return
  const trace = hideSecrets(error instanceof Error ? (error.stack ?? error.message) : String(error))
  log.message(trace, { output: promptOutput(io) })
}

/**
 * A chart, a table: as it is, below everything else. Sentences that are too long for the terminal are wrapped. `most`: at
 * most that many lines, with `more` instead of the others.
 */
export function showBlock(
  io: CliIo,
  block: string,
  { most = Infinity, more = '' }: { readonly most?: number; readonly more?: string } = {},
): void {
  const { ascii } = terminalKind(io)
  const lines = block.split('\n').flatMap((line) => wrapText(line, io.columns))
  const shown = lines.length <= most ? lines : [...lines.slice(0, most - 1), more]
  const text = shown.join('\n')
  io.stderr.write(`\n${ascii ? inAscii(text) : text}\n`)
}

/** A text for the right of the line at the left of a menu, wrapped at words. */
export function wrapped(io: CliIo, text: string): string {
  return repeatFlags(io, text)
    .split('\n')
    .flatMap((line) => wrapText(line, Math.max(20, io.columns - GUIDE)))
    .join('\n')
}

/** A key as Node names it: `escape`, `return`, `p`. */
interface Key {
  readonly name?: string
  readonly ctrl?: boolean
}

/**
 * Handles Ctrl-C as what it is while the terminal is read key by key, where it sends no signal: the work ends. Until the
 * returned function is called.
 */
export function listenForCtrlC(io: CliIo): () => void {
  const { stdin } = io
  const onKey = (_text: string | undefined, key: Key | undefined): void => {
    // A question that is on the screen gets it first, and leaves it as it should be.
    if (key?.ctrl === true && key.name === 'c') process.nextTick(() => io.interrupt())
  }
  // The first to ask says how long Escape is waited for.
  emitKeypressEvents(stdin, { escapeCodeTimeout: ESCAPE_MS } as never)
  stdin.on('keypress', onKey)
  return () => void stdin.off('keypress', onKey)
}

/** Reads single keys while nothing is asked, until the returned function is called. */
export function readKeys({ stdin }: Pick<CliIo, 'stdin'>, onKey: (name: string) => void): () => void {
  const onKeypress = (_text: string | undefined, key: Key | undefined): void => {
    if (key?.ctrl !== true && key?.name !== undefined) onKey(key.name)
  }
  const terminal = stdin as Partial<typeof process.stdin>
  stdin.on('keypress', onKeypress)
  terminal.setRawMode?.(true)
  stdin.resume()
  return () => {
    stdin.off('keypress', onKeypress)
    terminal.setRawMode?.(false)
    stdin.pause()
  }
}

/** Waits until the person has seen what is on the screen, and presses a key; or until Ctrl-C. */
export async function waitForAnyKey(io: CliIo): Promise<void> {
  const { promise: pressed, resolve } = Promise.withResolvers<void>()
  io.stderr.write('\nAny key: menu.')
  const stopReading = readKeys(io, () => resolve())
  await orAbort(pressed, io.signal).catch(() => {})
  stopReading()
  io.stderr.write(terminalKind(io).plain ? '\n' : '\r\u001B[K')
}
