import { log } from '@clack/prompts'
import { AppError, errorText, toWireError } from '../../../src-shared/errors/app-error.ts'
import { wrapText } from '../../print/text-width.ts'
import { hideSecrets } from '../../secrets/hide-secrets.ts'
import { repeatFlags, type CliIo } from '../io.ts'
import { inAscii, promptOutput, terminalKind } from '../terminal-kind.ts'

/** Columns that the line at the left of a menu takes. */
const GUIDE = 4

/** A sentence among the questions of a menu, wrapped at words. */
export function tell(io: CliIo, sentence: string): void {
  log.message(wrapped(io, sentence), { output: promptOutput(io) })
}

/** Something that is done. */
export function tellDone(io: CliIo, sentence: string): void {
  log.success(wrapped(io, sentence), { output: promptOutput(io) })
}

/** Something to look at before going on. */
export function tellWarning(io: CliIo, sentence: string): void {
  log.warn(wrapped(io, sentence), { output: promptOutput(io) })
}

/** What went wrong. A bug is told whole to whoever may report it. */
export function tellError(io: CliIo, error: unknown): void {
  const text = errorText(error instanceof AppError ? error : toWireError(error))
  log.error(wrapped(io, text), { output: promptOutput(io) })
  if (error instanceof AppError) return
  log.message(hideSecrets(error instanceof Error ? (error.stack ?? error.message) : String(error)), {
    output: promptOutput(io),
  })
}

/**
 * A chart, a table: as it is, below everything else. Sentences that are too long for the terminal are wrapped. `most`: so
 * many lines at most, with `more` instead of the others.
 */
export function tellBlock(
  io: CliIo,
  block: string,
  { most = Infinity, more = '' }: { readonly most?: number; readonly more?: string } = {},
): void {
  const { ascii } = terminalKind(io.env, process.platform)
  const lines = block.split('\n').flatMap((line) => wrapText(line, io.columns - 1))
  const shown = lines.length <= most ? lines : [...lines.slice(0, most - 1), more]
  const text = shown.join('\n')
  io.stderr.write(`\n${ascii ? inAscii(text) : text}\n`)
}

/** A text for beside the line at the left of a menu, wrapped at words. */
export function wrapped(io: CliIo, text: string): string {
  return repeatFlags(io, text)
    .split('\n')
    .flatMap((line) => wrapText(line, Math.max(20, io.columns - GUIDE)))
    .join('\n')
}
