import type { Readable, Writable } from 'node:stream'
import type { Environment } from '../config/environment.ts'

/** Everything that a command knows of the world outside: a test gives its own. */
export interface CliIo {
  readonly stdin: Readable
  /** The result, and nothing else. */
  readonly stdout: Writable
  /** Progress, questions and errors. */
  readonly stderr: Writable
  readonly env: Environment
  readonly cwd: string
  /** The folder of the built dashboard. */
  readonly rendererDir: string
  /** A person at a terminal: may be asked, and sees a bar move. */
  readonly isTTY: boolean
  /** Whether stdout shows colours. */
  readonly colour: boolean
  readonly columns: number
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal
}

/** What a command is given to run with. */
export interface CommandHost {
  readonly io: CliIo
  /** For a command that did its work and found something amiss: an error would hide the result. */
  exitWith(code: number): void
}

/** Writes one JSON document as a line of its own, or the text for a person. */
export function print(io: CliIo, json: boolean | undefined, document: unknown, text: string): void {
  io.stdout.write(json === true ? `${JSON.stringify(document)}\n` : `${text}\n`)
}

/** A sentence beside the result. */
export function say(io: CliIo, sentence: string): void {
  io.stderr.write(`${sentence}\n`)
}
