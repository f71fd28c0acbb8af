import type { Limits } from '#jira-sandbox'
import { durationText } from '../../../src-shared/domain/text/sentences.ts'
import { AppError, nothingDone } from '../../../src-shared/errors/app-error.ts'
import { flagsOf } from '../../config/settings-table.ts'
import { isZone } from '../../../src-shared/domain/zone.ts'
import type { CommonOptions, Options } from './define-command.ts'

/** A password in an address, which is refused, is not repeated. */
const HAS_PASSWORD = /:\/\/[^/@]*:[^/@]*@/
const PLAIN = /^[\w./:@\\-]+$/

/** Choose themselves which Jira or store is meant, and refuse these flags. */
const CHOOSING = ['connect', 'disconnect', 'use-store']

/** Say themselves which team server they are about. */
const NAMING_SERVER = ['login', 'logout', 'servers']

/** The flags of this call that say to another one which workspace is meant, as a shell takes them, each with a space after it. */
export function workspaceFlags(
  { jira, store, server, dataDir, envFile }: CommonOptions,
  command: string,
): string {
  const chosen = CHOOSING.includes(command) ? {} : { '--jira': jira, '--store': store }
  const reached = NAMING_SERVER.includes(command) ? {} : { '--server': server }
  return Object.entries({ ...chosen, ...reached, '--data-dir': dataDir, '--env-file': envFile })
    .filter((entry): entry is [string, string] => entry[1] !== undefined && !HAS_PASSWORD.test(entry[1]))
    .map(([flag, value]) => `${flag} ${PLAIN.test(value) ? value : `"${value}"`} `)
    .join('')
}

/** The flags of settings that every command takes, or `serve` alone. */
export function settingOptions(of: Parameters<typeof flagsOf>[0]): Options {
  return Object.fromEntries(
    flagsOf(of).map(({ name, form, help, whole }) => {
      const [, takes] = form.split(' ')
      const parse = whole && wholeNumber(whole)
      return [name, { summary: help, ...given({ takes, parse }) }]
    }),
  )
}

interface Refusal {
  /** What did not happen, as a sentence. */
  readonly nothing?: string
  readonly hint?: string
}

/** How a flag's value is read: by `read`, which gives null for one that is not what the flag `takes`. That is refused (`usage`). */
export function flagValue<T>(
  takes: string,
  read: (text: string, flag: string) => T | null,
  { nothing = 'Nothing was done.', hint = '' }: Refusal = {},
): (text: string, flag: string) => T {
  return (text, flag) => {
    const value = read(text, flag)
    if (value !== null) return value
    throw new AppError('usage', `${flag} takes ${takes}, not "${text}".`, { consequence: nothing, hint })
  }
}

/** A whole number within limits. Digits alone: `1e9`, `0x10` and ` 5` are refused. */
export function wholeNumber(limits: Limits) {
  return numberValue('a whole number', /^\d{1,15}$/, limits)
}

/** As `wholeNumber`, with decimals. */
export function decimalNumber(limits: Limits) {
  return numberValue('a number', /^\d{1,15}(\.\d{1,15})?$/, limits)
}

function numberValue(kind: string, form: RegExp, { min, max }: Limits) {
  return flagValue(`${kind} from ${min} to ${max}`, (text) => {
    const value = Number(text)
    return form.test(text) && value >= min && value <= max ? value : null
  })
}

/** One of several words; `nothing` says what did not happen. */
export function oneOf<const V extends string>(words: readonly V[], nothing: string) {
  const known = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
  return flagValue(known, (text) => words.find((word) => word === text) ?? null, { nothing })
}

/** The IANA name of a time zone. */
export function zoneName(refusal: Refusal) {
  return flagValue('the name of a time zone', (text) => (isZone(text) ? text : null), refusal)
}

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 }

/** Reads a flag's value as a length of time, `30s`, `15m` or `8h`, in ms, within limits. */
export function duration({ minMs, maxMs }: { minMs: number; maxMs: number }) {
  return flagValue(
    `a length of time from ${durationText(minMs)} to ${durationText(maxMs)}`,
    (text) => {
      const [, digits, unit = ''] = /^(\d{1,6})([smh])$/.exec(text) ?? []
      const ms = Number(digits) * (UNIT_MS[unit] ?? NaN)
      return ms >= minMs && ms <= maxMs ? ms : null
    },
    { hint: 'Write it as 30s, 15m or 8h.' },
  )
}

/**
 * Reads `Highest=1,High=2` as the relative weight of each thing by its name; a name alone has the `usual` weight, where
 * there is one. Whether there are such things is checked where they are known.
 */
export function weightList(takes: string, usual: number | null, hint: string) {
  return flagValue(takes, (text, flag) => readWeights(flag, text, usual), { hint })
}

/** Null where the text has another form. */
function readWeights(flag: string, text: string, usual: number | null): Record<string, number> | null {
  const weights = new Map<string, number>()
  for (const part of text.split(',')) {
    const [, name = '', weight] = /^\s*([^=]+?)\s*(?:=\s*(\d{1,6}(?:\.\d{1,6})?)\s*)?$/.exec(part) ?? []
    if (name === '' || (weight === undefined && usual === null)) return null
    if (weights.has(name)) throw nothingDone('usage', `${flag} names "${name}" twice.`)
    weights.set(name, weight === undefined ? (usual ?? 0) : Number(weight))
  }
  return Object.fromEntries(weights)
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
