import { Command, CommanderError, Help, Option } from 'commander'
import { AppError, nothingDone, toWireError, errorText } from '../../src-shared/errors/app-error.ts'
import { projectVersion } from '../runtime/project-files.ts'
import { hideSecrets } from '../secrets/hide-secrets.ts'
import { wrapText } from '../print/text-width.ts'
import {
  COMMAND_GROUPS,
  COMMON_OPTIONS,
  doingOf,
  type CommandCall,
  type CommandValue,
  type CommonOptions,
  type Need,
  type Options,
} from './cli/define-command.ts'
import { ResultLost } from './cli/interrupt.ts'
import {
  EXIT,
  exitCodeOf,
  print,
  repeatFlags,
  say,
  willRepeatFlags,
  type CliIo,
  type CommandHost,
} from './cli/io.ts'
import { OPENERS } from './cli/openers.ts'
import { settingOptions, workspaceFlags } from './cli/options.ts'
import { MARK_COMMANDS } from './mark-commands.ts'
import { ALERT_COMMANDS } from './alert-commands.ts'
import { RUN_COMMANDS } from './run-commands.ts'
import { TEAM_COMMANDS } from './team-commands.ts'
import { TICKET_COMMANDS } from './ticket-commands.ts'
import { WORKSPACE_COMMANDS } from './workspace-commands.ts'

/** The first program's flags, which were its commands, in the order in which it did those of one call. */
const FLAGS: Readonly<Record<string, readonly string[]>> = {
  'create-table': ['-t', '--create-table'],
  'create-tickets': ['-c', '--create-tickets'],
  'fetch-tickets': ['-f', '--fetch-tickets'],
  'plot-data': ['-p', '--plot-data'],
  'drop-table': ['-d', '--drop-table'],
}

const ALL = Object.values(FLAGS).flat()
const ALL_COMMANDS = [
  ...ALERT_COMMANDS,
  ...RUN_COMMANDS,
  ...TICKET_COMMANDS,
  ...MARK_COMMANDS,
  ...TEAM_COMMANDS,
  ...WORKSPACE_COMMANDS,
]
const COMMANDS = COMMAND_GROUPS.flatMap((group) => ALL_COMMANDS.filter((command) => command.group === group))

/** Where there is no terminal. */
const DEFAULT_COLUMNS = 80

const NOTES = [
  'Without a command, on a terminal: a guided menu.',
  'The first program’s flags are commands still: -c, -f, -p, -t, -d and their long forms. Several in one call are done in its order: -t, -c, -f, -p; the first that fails ends it.',
  'Results go to stdout; progress, questions and errors to stderr. With --json a command that comes to no result leaves stdout empty and says why on stderr.',
  'Exit codes: 0 done, 1 failed, 2 wrong usage, 3 not authenticated or not configured, 4 the audit found a difference, 130 interrupted.',
]

/**
 * Runs one command line (without the program's own name) and returns the exit code: of several commands that of the
 * first that fails, which ends the call. Never throws.
 */
export async function runCli(argv: readonly string[], io: CliIo): Promise<number> {
  let code: number = EXIT.done
  /** The commands of this call whose turn has not come. */
  let left: string[][] = []
  const host = { io, exitWith: (next: number) => void (code = next) }
  try {
    const calls = withoutOldFlags(argv, createProgram(host))
    for (const [done, args] of calls.entries()) {
      left = calls.slice(done + 1)
      await runCommand(host, args)
      if (code !== EXIT.done) break
    }
    if (left.length > 0) sayNotDone(io, left)
    return code
  } catch (error) {
    // Commander has said what was wrong, or shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.done : EXIT.usage
    // The reader has seen enough.
    if (isCancelled(error) && io.readerGone.aborted && !io.signal.aborted) return EXIT.done
    // Reported already.
    if (!(io.signal.reason instanceof ResultLost && isCancelled(error))) sayError(io, error)
    if (left.length > 0) sayNotDone(io, left)
    return exitCodeOf(error)
  }
}

async function runCommand(host: CommandHost, args: readonly string[]): Promise<void> {
  const program = createProgram(host)
  if (host.io.isTTY && wantsMenu(program, args)) {
    const { runMenu } = await import('./menu/menu.ts')
    await runMenu(host, program.opts<CommonOptions>())
  } else {
    await program.parseAsync([...args], { from: 'user' })
  }
}

/** No command, and nothing but what every command takes. Throws as the parsing itself. */
function wantsMenu(program: Command, args: readonly string[]): boolean {
  const { operands, unknown } = program.parseOptions([...args])
  return operands.length === 0 && unknown.length === 0 && program.opts<CommonOptions>().json !== true
}

function createProgram(host: CommandHost): Command {
  const { io } = host
  const program = new Command('jira-tpm')
    .description('Tickets per minute: watches urgent Jira tickets arrive, and rehearses it.')
    .version(projectVersion())
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      getOutHelpWidth: () => io.columns,
      getErrHelpWidth: () => io.columns,
    })
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: 20, optionDescription, subcommandTerm })
    .commandsGroup('Set up:')
    .helpCommand(true)
    .showHelpAfterError(repeatFlags(io, 'Nothing was done. jira-tpm -h shows what there is.'))
  addNotes(program, NOTES)
  addOptions(program, { ...settingOptions('every command'), ...COMMON_OPTIONS })
  program.hook('preAction', (_program, command) => {
    const options = command.optsWithGlobals<CommonOptions>()
    willRepeatFlags(io, (hint) => workspaceFlags(options, hint))
  })
  for (const command of COMMANDS) addCommand(program, command, host)
  return program
}

function addCommand(parent: Command, value: CommandValue, host: CommandHost): void {
  const { name, group, summary, isDefault = false, options = {}, notes = [] } = value
  const command = parent.command(name, { isDefault }).description(summary)
  if (group !== undefined) command.helpGroup(`${group}:`)
  addOptions(command, options)
  addNotes(command, notes)
  if ('commands' in value) {
    for (const each of value.commands) addCommand(command, each, host)
    return
  }
  const argumentNames = Object.keys(options).filter((key) => options[key]?.argument !== undefined)
  command.action(async () => {
    const given = argumentNames.map((key, at) => [key, command.processedArgs[at]] as const)
    const called = { ...command.optsWithGlobals<CommonOptions>(), ...Object.fromEntries(given) }
    await callCommand(value, called, host)
  })
}

/** Does what a command does, with what it needs at hand. */
async function callCommand(
  value: Extract<CommandValue, { needs: unknown }>,
  options: CommonOptions & Readonly<Record<string, unknown>>,
  { io, exitWith }: CommandHost,
): Promise<void> {
  const { needs, run } = doingOf(value, options)
  const loading = [run(), import('./cli/settings.ts'), OPENERS[needs](io, options.json === true)] as const
  const [work, { configOf }, open] = await Promise.all(loading)
  await work({
    io,
    options,
    config: (changes, sandbox) => configOf(io, { ...options, ...changes } as CommonOptions, sandbox),
    open,
    print: (document, text) => print(io, options.json, document, text),
    exitWith,
  } satisfies CommandCall<Need, Options>)
}

function addOptions(command: Command, options: Options): void {
  for (const [name, { argument, takes, summary, parse, choices, preset, repeats, hidden }] of Object.entries(
    options,
  )) {
    if (argument !== undefined) {
      command.argument(argument, summary)
      continue
    }
    const flag = `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
    const option = new Option(takes === undefined ? flag : `${flag} ${takes}`, summary)
    if (choices !== undefined) option.choices(choices)
    else if (parse !== undefined && repeats) {
      option.argParser((text, before?: unknown[]) => [...(before ?? []), parse(text, flag)])
    } else if (parse !== undefined) option.argParser((text) => parse(text, flag))
    if (preset !== undefined) option.default(preset)
    command.addOption(option.hideHelp(hidden === true))
  }
}

/** Text below a command's help: a paragraph each, as wide as the help itself. */
function addNotes(command: Command, paragraphs: readonly string[]): void {
  if (paragraphs.length === 0) return
  command.addHelpText('after', ({ error }) => {
    const output = command.configureOutput()
    const columns = (error ? output.getErrHelpWidth?.() : output.getOutHelpWidth?.()) ?? DEFAULT_COLUMNS
    return `\n${paragraphs.map((paragraph) => wrapText(paragraph, columns).join('\n')).join('\n\n')}`
  })
}

/** A command as the list of all has it: its options stand in its own help. */
function subcommandTerm(command: Command): string {
  const names = command.registeredArguments.map((one) =>
    one.required ? `<${one.name()}>` : `[${one.name()}]`,
  )
  return [command.name(), ...names].join(' ')
}

/** A default that the description says in words is not said once more. */
function optionDescription(option: Option): string {
  return option.description.includes('(default: ') ? option.description : new Help().optionDescription(option)
}

function isCancelled(error: unknown): boolean {
  return error instanceof AppError && error.code === 'cancelled'
}

function sayNotDone(io: CliIo, left: readonly string[][]): void {
  say(io, `Not done after that: ${left.map(([name]) => name).join(', ')}.`)
}

function sayError(io: CliIo, error: unknown): void {
  if (error instanceof AppError) return say(io, errorText(error))
  say(io, errorText(toWireError(error)))
  // A bug, with its stack for the report.
  say(io, hideSecrets(error instanceof Error ? (error.stack ?? error.message) : String(error)))
}

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
    // What none of them knows the first one is given, to be refused with its usual words.
    for (const { args } of common ? calls : [last ?? calls[0]].filter((call) => call !== undefined)) {
      args.push(arg, ...value)
    }
  }
  // What is wrong with the last one's options is reported before the first one begins.
  for (const { args, command } of calls) command?.parseOptions(args.slice(1))
  return calls.map(({ args }) => args)
}

function knows(command: Command | undefined, arg: string): Option | undefined {
  return command?.options.find(({ long, short }) => [long, short].includes(arg.split('=')[0]))
}

function standsAlone(what: string): AppError {
  return nothingDone(
    'usage',
    `${what} goes with no other command in one call.`,
    'Call jira-tpm once for it and once for the others.',
  )
}
