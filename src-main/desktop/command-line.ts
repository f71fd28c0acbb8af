import { parseArgs } from 'node:util'
import { flagsOf, type Flags } from '../config/settings-table.ts'

/** Each as `parseArgs` calls it; the last is Chromium's own name for the data folder. */
const FLAGS = [
  ...flagsOf('every command').map(({ name, flag }) => ({ name, long: flag.slice(2) })),
  { name: 'dataDir', long: 'user-data-dir' },
]

/** What the command line asks for, by the names that `jira-tpm` has. Chromium's own switches may stand among them. */
export function desktopFlags(argv: readonly string[]): Flags {
  const options = Object.fromEntries(FLAGS.map(({ long }) => [long, { type: 'string' } as const]))
  const { values } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true })
  const given = FLAGS.filter(({ long }) => typeof values[long] === 'string' && values[long] !== '')
  return Object.fromEntries(given.toReversed().map(({ name, long }) => [name, values[long]]))
}
