import type { Command } from 'commander'
import { wrapText } from '../print/text-width.ts'

/** Where there is no terminal. */
const DEFAULT_COLUMNS = 80

/** Text below a command's help: a paragraph each, as wide as the help itself. */
export function addAfterHelp(command: Command, paragraphs: readonly string[]): Command {
  return command.addHelpText('after', ({ error }) => {
    const output = command.configureOutput()
    const columns = (error ? output.getErrHelpWidth?.() : output.getOutHelpWidth?.()) ?? DEFAULT_COLUMNS
    return `\n${paragraphs.map((paragraph) => wrapText(paragraph, columns).join('\n')).join('\n\n')}`
  })
}
