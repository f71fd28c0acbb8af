import { AppError } from '../../src-shared/errors/app-error.ts'

/** The first program's flags, which were its commands. */
const COMMANDS: Readonly<Record<string, string>> = {
  '-c': 'create-tickets',
  '--create-tickets': 'create-tickets',
  '-f': 'fetch-tickets',
  '--fetch-tickets': 'fetch-tickets',
  '-p': 'plot-data',
  '--plot-data': 'plot-data',
  '-t': 'create-table',
  '--create-table': 'create-table',
  '-d': 'drop-table',
  '--drop-table': 'drop-table',
}

/** Turns an old flag into the command of today, at the front, where its own options may follow. Throws `usage` for two. */
export function withoutOldFlags(argv: readonly string[]): string[] {
  const flags = argv.filter((arg) => Object.hasOwn(COMMANDS, arg))
  const command = COMMANDS[flags[0] ?? '']
  if (command === undefined) return [...argv]
  if (flags.length > 1) {
    throw new AppError(
      'usage',
      `One command a call: ${flags.join(' and ')} are ${flags.length}. Nothing was done.`,
      {
        hint: 'Call jira-tpm once for each.',
      },
    )
  }
  return [command, ...argv.filter((arg) => arg !== flags[0])]
}
