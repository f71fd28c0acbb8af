import type { Readable, Writable } from 'node:stream'
import { plainJson, plainText } from '../../../src-shared/domain/text/plain-text.ts'
import { AppError, type ErrorCode } from '../../../src-shared/errors/app-error.ts'
import type { Environment } from '../../config/environment.ts'
import { wrapText } from '../../print/text-width.ts'
import type { SecretStore } from '../../secrets/secret-store.ts'

/** Everything that a command knows of the world outside: a test gives its own. */
export interface CliIo {
  readonly stdin: Readable
  /** The result, and nothing else. */
  readonly stdout: Writable
  /** Progress, questions and errors. */
  readonly stderr: Writable
  readonly env: Environment
  readonly cwd: string
  /** Where secrets are kept; absent: the system's keychain. */
  readonly keychain?: SecretStore
  /** The folder of the built dashboard. */
  readonly rendererDir: string
  /** A person at a terminal: may be asked, and sees a bar move. */
  readonly isTTY: boolean
  /** Whether stdout is a terminal. */
  readonly stdoutIsTTY: boolean
  /** Whether stdout shows colours. */
  readonly colour: boolean
  /** Of the terminal, as it is now; 80 by 24 where there is none. */
  readonly columns: number
  readonly rows: number
  /** Called when the terminal has another size; returns what unsubscribes. */
  onResize(listener: () => void): () => void
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal
  /** Aborted when stdout is not read any more: what goes on only to be read ends then, as if it were done. */
  readonly readerGone: AbortSignal
  /** As Ctrl-C: for one that comes as a key, while the terminal is read key by key. */
  interrupt(): void
}

/** What a command is given to run with. */
export interface CommandHost {
  readonly io: CliIo
  /** For a command that did its work and found something amiss: an error would hide the result. */
  readonly exitWith: (code: number) => void
}

/** How a command ends, for scripts. */
export const EXIT = {
  done: 0,
  failed: 1,
  usage: 2,
  notAuthenticated: 3,
  auditMismatch: 4,
  /** Of a drill. */
  noAlarm: 5,
  /** As shells have it: 128 and the number of SIGINT. */
  interrupted: 130,
} as const

const OF_ERROR: Readonly<Partial<Record<ErrorCode, number>>> = {
  usage: EXIT.usage,
  'bad-request': EXIT.usage,
  'too-large': EXIT.usage,
  'unknown-method': EXIT.usage,
  'not-confirmed': EXIT.usage,
  'not-authenticated': EXIT.notAuthenticated,
  'signed-out': EXIT.notAuthenticated,
  'not-configured': EXIT.notAuthenticated,
  'secrets-unavailable': EXIT.notAuthenticated,
  cancelled: EXIT.interrupted,
}

const drawn = new WeakMap<Writable, WriteAbove>()

/** Writes one JSON document as a line of its own, or the text for a person: with this call's flags, wrapped for a terminal. */
export function print(io: CliIo, json: boolean | undefined, document: unknown, text: string): void {
  io.stdout.write(
    json === true ? `${plainJson(JSON.stringify(document))}\n` : `${fitted(io, repeatFlags(io, text))}\n`,
  )
}

function fitted({ stdoutIsTTY, columns }: CliIo, text: string): string {
  if (!stdoutIsTTY) return text
  return text
    .split('\n')
    .flatMap((line) => wrapText(line, columns))
    .join('\n')
}

/** What ends work that is done only to be read. */
export function untilReaderGone({ signal, readerGone }: CliIo): AbortSignal {
  return AbortSignal.any([signal, readerGone])
}

const flagsFor = new WeakMap<CliIo, (command: string) => string>()

/** From now on each command line that this call hints at has the flags for its command: it means the same workspace. */
export function willRepeatFlags(io: CliIo, flags: (command: string) => string): void {
  flagsFor.set(io, flags)
}

/**
 * `jira-tpm resume goes on with it.` as it has to be typed here: `npx jira-tpm --data-dir FOLDER resume goes on with it.`
 * A person who called it by npx or npm has no jira-tpm on the path.
 */
export function repeatFlags(io: CliIo, text: string): string {
  const flags = flagsFor.get(io) ?? (() => '')
  const program = io.env['npm_command'] === undefined ? 'jira-tpm' : 'npx jira-tpm'
  return text.replaceAll(
    /(?<!npx )\bjira-tpm (?!--)([a-z-]+)/g,
    (_hint, command: string) => `${program} ${flags(command)}${command}`,
  )
}

/** A sentence besides the result; above a bar or a chart that is drawn at the time. On a terminal it is wrapped at words. */
export function say(io: CliIo, sentence: string): void {
  const lines = repeatFlags(io, sentence)
    .split('\n')
    .map(plainText)
    .flatMap((line) => (io.isTTY ? wrapText(line, io.columns - 1) : [line]))
  writeAboveEnd(io.stderr, `${lines.join('\n')}\n`)
}

/** Writes a text to a stream at whose end something is drawn: a bar, a chart, a question. */
type WriteAbove = (text: string) => void

/**
 * From now on, what is said on this stream goes by `writeAbove`: what draws at its end makes room, or keeps it for
 * later. Ends with the returned function.
 */
export function drawAtEnd(stream: Writable, writeAbove: WriteAbove): () => void {
  const former = drawn.get(stream)
  drawn.set(stream, writeAbove)
  return () => {
    if (former === undefined) drawn.delete(stream)
    else drawn.set(stream, former)
  }
}

/** Writes above what is drawn at the stream's end, if anything is. */
export function writeAboveEnd(stream: Writable, text: string): void {
  const writeAbove = drawn.get(stream)
  if (writeAbove === undefined) stream.write(text)
  else writeAbove(text)
}

export function exitCodeOf(error: unknown): number {
  return error instanceof AppError ? exitCodeOfError(error.code) : EXIT.failed
}

export function exitCodeOfError(code: ErrorCode): number {
  return OF_ERROR[code] ?? EXIT.failed
}
