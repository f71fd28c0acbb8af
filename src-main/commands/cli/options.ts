import type { Command } from 'commander'
import { AppError, nothingChanged } from '../../../src-shared/errors/app-error.ts'
import type { Limits, SandboxConfig } from '#jira-sandbox'
import type { Config } from '../../config/config.ts'
import { isZone, readConfig, resolveConfig, type ConfigSources } from '../../config/read-config.ts'
import { flagsOf, type Flags } from '../../config/settings-table.ts'
import { wrapText } from '../../print/text-width.ts'
import { say, type CliIo } from './io.ts'

/** What every command takes, before or after its name; `serve` alone takes how the server is reached. */
export interface CommonOptions extends Flags {
  readonly json?: boolean
}

/** Where there is no terminal. */
const DEFAULT_COLUMNS = 80

export function addCommonOptions(program: Command): void {
  addFlags(program, 'every command').option(
    '--json',
    'one JSON document on stdout and nothing else; instants in ISO 8601 UTC',
  )
}

/** Has a command take the flags of settings. */
export function addFlags(command: Command, what: Parameters<typeof flagsOf>[0]): Command {
  for (const { flag, form, help, whole } of flagsOf(what)) {
    if (whole === undefined) command.option(form, help)
    else command.option(form, help, wholeNumber(flag, whole))
  }
  return command
}

/** A password in an address, which is refused, is not repeated. */
const HAS_PASSWORD = /:\/\/[^/@]*:[^/@]*@/
const PLAIN = /^[\w./:@\\-]+$/

/** Choose themselves which Jira or store is meant, and refuse these flags. */
const CHOOSING = ['connect', 'disconnect', 'use-store']

/** The flags of this call that say to another one which workspace is meant, as a shell takes them, each with a space after it. */
export function workspaceFlags({ jira, store, dataDir, envFile }: CommonOptions, command: string): string {
  const chosen = CHOOSING.includes(command) ? {} : { '--jira': jira, '--store': store }
  return Object.entries({ ...chosen, '--data-dir': dataDir, '--env-file': envFile })
    .filter((entry): entry is [string, string] => entry[1] !== undefined && !HAS_PASSWORD.test(entry[1]))
    .map(([flag, value]) => `${flag} ${PLAIN.test(value) ? value : `"${value}"`} `)
    .join('')
}

/** The configuration of this call. Makes the data folder. Throws `usage`, `not-configured`, `folder-not-writable`. */
export function configOf(io: CliIo, options: CommonOptions, sandbox?: Partial<SandboxConfig>): Config {
  const config = readConfig(sources(io, options, sandbox))
  saySettingsFiles(io, config)
  return config
}

/** As `configOf`, for a command that touches nothing. */
export function resolvedConfigOf(io: CliIo, options: CommonOptions): Config {
  const config = resolveConfig(sources(io, options))
  saySettingsFiles(io, config)
  return config
}

/** Refuses (`usage`) to keep what a flag or the environment says of each call: it would never be used. */
export function refuseFixed(fixedBy: string | null, problem: string): void {
  if (fixedBy === null) return
  throw nothingChanged('usage', `${fixedBy} ${problem}.`, `Leave ${fixedBy} out.`)
}

const said = new WeakSet<CliIo>()

/** Once a call: nobody gets settings of a file that happens to lie in the folder, and does not know. */
function saySettingsFiles(io: CliIo, { settingsFiles }: Config): void {
  if (said.has(io)) return
  said.add(io)
  for (const sentence of settingsFiles) say(io, sentence)
}

function sources(io: CliIo, options: CommonOptions, sandbox?: Partial<SandboxConfig>): ConfigSources {
  return { flags: { ...options, sandbox }, env: io.env, cwd: io.cwd }
}

interface Refusal {
  /** What did not happen, as a sentence. */
  readonly nothing?: string
  readonly hint?: string
}

/** Reads a flag's value by `read`, which gives null for one that is not what the flag `takes`: that is refused (`usage`). */
export function flagValue<T>(
  flag: string,
  takes: string,
  read: (text: string) => T | null,
  { nothing = 'Nothing was done.', hint = '' }: Refusal = {},
): (text: string) => T {
  return (text) => {
    const value = read(text)
    if (value !== null) return value
    throw new AppError('usage', `${flag} takes ${takes}, not "${text}".`, { consequence: nothing, hint })
  }
}

/** A whole number within limits. Digits alone: `1e9`, `0x10` and ` 5` are refused. */
export function wholeNumber(flag: string, limits: Limits): (text: string) => number {
  return numberValue(flag, 'a whole number', /^\d{1,15}$/, limits)
}

/** As `wholeNumber`, with decimals. */
export function decimalNumber(flag: string, limits: Limits): (text: string) => number {
  return numberValue(flag, 'a number', /^\d{1,15}(\.\d{1,15})?$/, limits)
}

function numberValue(flag: string, kind: string, form: RegExp, { min, max }: Limits) {
  return flagValue(flag, `${kind} from ${min} to ${max}`, (text) => {
    const value = Number(text)
    return form.test(text) && value >= min && value <= max ? value : null
  })
}

/** One of several words; `nothing` says what did not happen. */
export function oneOf<V extends string>(flag: string, words: readonly V[], nothing: string) {
  const known = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
  return flagValue(flag, known, (text) => words.find((word) => word === text) ?? null, { nothing })
}

/** The IANA name of a time zone. */
export function zoneName(flag: string, refusal: Refusal): (text: string) => string {
  return flagValue(flag, 'the name of a time zone', (text) => (isZone(text) ? text : null), refusal)
}

/** Text below a command's help: a paragraph each, as wide as the help itself. */
export function addAfterHelp(command: Command, paragraphs: readonly string[]): Command {
  return command.addHelpText('after', ({ error }) => {
    const output = command.configureOutput()
    const columns = (error ? output.getErrHelpWidth?.() : output.getOutHelpWidth?.()) ?? DEFAULT_COLUMNS
    return `\n${paragraphs.map((paragraph) => wrapText(paragraph, columns).join('\n')).join('\n\n')}`
  })
}

/** Without the options that were left out. */
export function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> }
}

/** These fields of it, in this order. */
export function pick<T, K extends keyof T>(of: T, ...names: readonly K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, of[name]])) as Pick<T, K>
}
