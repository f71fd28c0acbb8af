import type { Command, Option } from 'commander'
import { AppError } from '../../src-shared/errors/app-error.ts'

/** The first program's flags, which were its commands, in the order in which it did those of one call. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  'create-table': ['-t', '--create-table'],
  'create-tickets': ['-c', '--create-tickets'],
  'fetch-tickets': ['-f', '--fetch-tickets'],
  'plot-data': ['-p', '--plot-data'],
  'drop-table': ['-d', '--drop-table'],
}
const ALL = Object.values(FLAGS).flat()

/**
 * What a command line asks for, as command lines of today: old flags become commands, at the front, where their options
 * may follow. Several of them are done one after the other; `program` knows which options are whose. Throws `usage`.
 */
export function withoutOldFlags(argv: readonly string[], program: Command): string[][] {
  const flags = argv.filter((arg) => ALL.includes(arg))
  const names = Object.keys(FLAGS).filter((name) => flags.some((flag) => FLAGS[name]?.includes(flag)))
  const options = argv.filter((arg) => !ALL.includes(arg))
  if (names.length < 2) return [[...names, ...options]]
  for (const alone of ['drop-table', '--dry-run']) {
    if (names.includes(alone) || options.includes(alone)) throw standsAlone(alone)
  }
  return dealOut(names, options, program)
}

/** Gives each command its options; one that several know is the last one's: `-c -p --png FILE` draws what is stored. */
function dealOut(names: readonly string[], options: readonly string[], program: Command): string[][] {
  const calls = names.map((name) => ({
    args: [name],
    command: program.commands.find((command) => command.name() === name),
  }))
  for (let at = 0; at < options.length; at++) {
    const arg = options[at] ?? ''
    const common = knows(program, arg)
    const last = calls.findLast(({ command }) => knows(command, arg))
    const option = common ?? knows(last?.command, arg)
    const value = option?.required === true && !arg.includes('=') ? options.slice(++at, at + 1) : []
    // What nobody knows the first one is given, to be refused with its usual words.
    for (const { args } of common ? calls : [last ?? calls[0]].filter((call) => call !== undefined)) {
      args.push(arg, ...value)
    }
  }
  // What is wrong with the last one's options is told before the first one begins.
  for (const { args, command } of calls) command?.parseOptions(args.slice(1))
  return calls.map(({ args }) => args)
}

function knows(command: Command | undefined, arg: string): Option | undefined {
  return command?.options.find(({ long, short }) => [long, short].includes(arg.split('=')[0]))
}

function standsAlone(what: string): AppError {
  return new AppError('usage', `${what} goes with no other command in one call. Nothing was done.`, {
    hint: 'Call jira-tpm once for it and once for the others.',
  })
}
