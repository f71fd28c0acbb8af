import type { Flags } from '../../config/settings-table.ts'
import type { CliIo, CommandHost } from './io.ts'
import type { ConfigOf, Openers } from './openers.ts'

/**
 * An option, by the name that its value has in the program: `dataDir` is `--data-dir`. It takes a value where it says
 * what stands for one in the help, and else is a switch.
 */
interface Option {
  readonly summary: string
  /** `<n>`: what stands for its value in the help. */
  readonly takes?: string
  /** Not an option but the command's argument. */
  readonly argument?: string
  /** Reads its value; the text itself where absent. Throws `usage`, naming the flag. */
  readonly parse?: (text: string, flag: string) => unknown
  /** The only values that there are. */
  readonly choices?: readonly string[]
  readonly preset?: unknown
  /** It may be given several times; its value is a list. */
  readonly repeats?: true
  /** It is in no help. */
  readonly hidden?: boolean
}

export type Options = Readonly<Record<string, Option>>

type Parse<V> = (text: string, flag: string) => V

/** An option that takes a value, which `parse` reads; `preset` is it where it is not given. */
export function option<V>(
  takes: string,
  summary: string,
  parse: Parse<V>,
  preset: NoInfer<V>,
): { takes: string; summary: string; parse: (text: string, flag: string) => V; preset: V }
export function option<V = string>(
  takes: string,
  summary: string,
  parse?: Parse<V>,
): { takes: string; summary: string; parse: (text: string, flag: string) => V }
export function option(takes: string, summary: string, parse: Parse<unknown> = String, preset?: unknown) {
  return { takes, summary, parse, preset }
}

/** An option that may be given several times: its value is the list of what `parse` reads. */
export function repeated<V>(takes: string, summary: string, parse: Parse<V>) {
  return { takes, summary, parse, repeats: true as const }
}

/** A switch: absent where it is not given. */
export function flag(summary: string) {
  return { summary }
}

/** The command's argument, as its help has it: one that may be left out stands in brackets. */
export function argument<F extends `<${string}>` | `[${string}]`>(form: F, summary: string) {
  return { argument: form, summary }
}

type ValueOf<O> = O extends { choices: readonly (infer V)[] }
  ? V
  : O extends { repeats: true; parse: Parse<infer V> }
    ? readonly V[]
    : O extends { parse: Parse<infer V> }
      ? V
      : O extends { argument: string }
        ? string
        : boolean

type Always = { readonly preset: unknown } | { readonly argument: `<${string}>` }

/** What a command is given of these options: those that have a preset always. */
export type Values<F> = {
  readonly [K in keyof F as F[K] extends Always ? K : never]: ValueOf<F[K]>
} & { readonly [K in keyof F as F[K] extends Always ? never : K]?: ValueOf<F[K]> }

/** What every command takes besides the flags of settings, before or after its name. */
export const COMMON_OPTIONS = {
  json: flag('one JSON document on stdout and nothing else; instants in ISO 8601 UTC'),
}
/** `serve` alone takes those of how the server is reached. */
export type CommonOptions = Values<typeof COMMON_OPTIONS> & Flags

/** What is opened for a command, by its `open`. */
export type Need = keyof Openers

/** One call of a command. */
export interface CommandCall<N extends Need = 'nothing', F = unknown> extends CommandHost {
  readonly io: CliIo
  readonly options: Values<F> & CommonOptions
  /** The configuration, as this call's options say; see `configOf`. */
  readonly config: ConfigOf
  /** Opens what the command needs, does the work with it, and closes it whatever comes. */
  readonly open: Openers[N]
  /** Prints a result: with `--json` the document, else the text for a person. */
  readonly print: (document: unknown, text: string) => void
}

/** What a command does, in a module that is loaded when it is called. */
interface Doing<N extends Need, F, Needed extends Need = N> {
  readonly needs: Needed
  readonly run: () => Promise<(call: CommandCall<N, F>) => void | Promise<void>>
}

/** What people want of the program, in the order of its help. */
export const COMMAND_GROUPS = ['Watch', 'Rehearse', 'Prove', 'Set up'] as const

interface About<F> {
  readonly name: string
  /** Where it stands in the help; none where it stands behind another word. */
  readonly group?: (typeof COMMAND_GROUPS)[number]
  readonly summary: string
  /** Of those behind a word, the one that the word alone means. */
  readonly isDefault?: true
  readonly options?: F
  /** Paragraphs below its help. */
  readonly notes?: readonly string[]
}

/** What any command does: its call has the options and the `open` that it names. */
type AnyDoing = Doing<'nothing', Options, Need>

/** A command, or several that stand behind one word, as `token create`. */
export type CommandValue = About<Options> &
  (
    | (AnyDoing & { readonly with?: Readonly<Record<string, AnyDoing>> })
    | { readonly commands: readonly CommandValue[] }
  )

type DoingOf<F> = { [N in Need]: Doing<N, F> }[Need]

/**
 * A command as a value: what it is stands here, what it does is loaded by `run`. `with`: what is done instead where one of
 * these options is given.
 */
export function defineCommand<F extends Options = Options>(
  command: About<F> & DoingOf<F> & { readonly with?: { readonly [K in keyof F]?: DoingOf<F> } },
): CommandValue {
  return command as unknown as CommandValue
}

/** What a command does with these options. */
export function doingOf(
  command: Extract<CommandValue, AnyDoing>,
  called: Readonly<Record<string, unknown>>,
): AnyDoing {
  const instead = Object.entries(command.with ?? {}).find(([name]) => called[name] !== undefined)
  return instead?.[1] ?? command
}
