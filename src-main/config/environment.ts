import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { nothingSent, nothingStarted, type AppError } from '../../src-shared/errors/app-error.ts'
import { outputVariables } from './output-secrets.ts'
import { variableNames, variablesOf, type Variable, type Variables } from './settings-table.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** Each may be given as the path of a file that holds it, in a variable of the same name with `_FILE` behind it. */
const SECRETS = variablesOf('secret')

/** Those names with `_FILE`. */
const SECRET_FILE_VARIABLES: readonly string[] = SECRETS.map((name) => `${name}_FILE`)

const VARIABLE_NAMES = variableNames()

const NEVER_OF_THE_FOLDER: readonly string[] = [...SECRET_FILE_VARIABLES, ...variablesOf('given')]

/** Where a setting was found. */
interface Origin {
  /** As a sentence has it behind "of". */
  readonly name: string
  /** Null: no file. */
  readonly file: string | null
  /** The larger wins, and gets no secret that a smaller one's address leads away. */
  readonly rank: number
}

export type EnvironmentSettings = ReturnType<typeof readSettings>

export interface SettingsSources {
  readonly env: Environment
  /** Where `.env` and `.auth` are looked for. */
  readonly cwd: string
  /** Read in their place, and over the real environment: a person named it. */
  readonly envFile?: string | undefined
}

interface Source extends Origin {
  readonly values: Environment
}

type FoundVariables = Map<Variable, { readonly value: string; readonly origin: Origin }>

/**
 * Our variables from the file of `--env-file`, the real environment, and without such a file from `.env` and `.auth` in
 * `cwd`, in that order of precedence. An empty value counts as none. What a person gives may name files that hold the
 * secrets (`withSecretFiles`). Throws `usage` or `not-configured` where a file cannot be read or spoils one of ours.
 */
export function readSettings({ env, cwd, envFile }: SettingsSources) {
  const sources = [
    ...(envFile === undefined ? [folderFile(cwd, '.auth', 0), folderFile(cwd, '.env', 1)] : []),
    { name: 'the environment', file: null, rank: 2, values: withSecretFiles(env, cwd) },
    ...(envFile === undefined ? [] : [givenFile(cwd, envFile, 3)]),
  ]
  const found: FoundVariables = new Map()
  for (const source of sources) {
    forgetOtherPlaces(found, source.values)
    // Another source's file holds another token.
    if (source.values['VAULT_TOKEN']?.trim()) found.delete('VAULT_TOKEN_FILE')
    for (const name of VARIABLE_NAMES) {
      const value = source.values[name]?.trim()
      if (value) found.set(name, { value, origin: source })
    }
  }
  const variables: Variables = Object.fromEntries([...found].map(([name, { value }]) => [name, value]))
  const given = sources.filter(({ rank }) => rank >= 2).map(({ values }) => values)
  return {
    variables,
    found,
    network: readNetwork(given.toReversed()),
    outputSecrets: Object.assign({}, ...given.map(outputSecretsOf)) as Readonly<Record<string, string>>,
  }
}

/** By the names of their variables. */
function outputSecretsOf(env: Environment): Record<string, string> {
  return Object.fromEntries(outputVariables(env).map((name) => [name, env[name]?.trim() ?? '']))
}

/** What of the settings comes from files, for a person: one line a file. */
export function settingsFilesText({ found }: EnvironmentSettings): string[] {
  const byFile = Map.groupBy(VARIABLE_NAMES, (name) => found.get(name)?.origin.file ?? null)
  byFile.delete(null)
  return [...byFile].map(([file, names]) => `Settings of ${file}: ${names.join(', ')}.`)
}

/** A source that names a Jira, a PostgreSQL server or a Vault gets nothing that a weaker one says of another. */
function forgetOtherPlaces(found: FoundVariables, source: Environment): void {
  for (const [about, ...names] of PLACES) {
    const former = names.map((name) => found.get(name)?.value).find(Boolean)
    const named = names.map((name) => source[name]?.trim()).find(Boolean)
    if (former === undefined || named === undefined || former === named) continue
    for (const name of variableNames(about)) found.delete(name)
  }
}

/** What a place is of, and the variables that name one. */
const PLACES = [
  ['jira', 'JIRA_URL'],
  ['store', 'DATABASE_URL', 'PSQL_HOST'],
  ['vault', 'VAULT_ADDR'],
  ['team', 'JIRA_TPM_SERVER'],
] as const

/** The proxies that the environment names; null where it names none. */
export type NetworkConfig = ReturnType<typeof readNetwork>

/**
 * The proxies that were given, in either case; the lower wins, as with curl. The folder's files are not asked: one that
 * lies there by chance shall not lead a token through somebody's proxy.
 */
function readNetwork(given: readonly Environment[]) {
  const of = (name: string): string | null =>
    given.map((env) => env[name]?.trim() || env[name.toUpperCase()]?.trim()).find(Boolean) ?? null
  return { httpProxy: of('http_proxy'), httpsProxy: of('https_proxy'), noProxy: of('no_proxy') }
}

/**
 * A secret is used only with an address from the same source or a stronger one: a `.env` of the folder that one stands
 * in may be anybody's, and gets nothing of the real environment. Throws `not-configured`, naming both.
 */
export function refuseWeaker(
  { found }: EnvironmentSettings,
  secrets: readonly Variable[],
  way: readonly Variable[],
): void {
  const of = (names: readonly Variable[]): [Variable, Origin][] =>
    names.flatMap((name) => {
      const origin = found.get(name)?.origin
      return origin === undefined ? [] : [[name, origin]]
    })
  for (const [secret, strong] of of(secrets)) {
    const weak = of(way).find(([, origin]) => origin.rank < strong.rank)
    if (weak === undefined) continue
    const [address, { name, file }] = weak
    throw nothingSent(
      'not-configured',
      `${secret} of ${strong.name} is not used with ${address} of ${name}: whoever wrote that file would say where it goes.`,
      `Set both in one place${file === null ? '' : `; if the file is yours, --env-file ${file} has it count as said by you`}.`,
    )
  }
}

function folderFile(cwd: string, name: string, rank: number): Source {
  const file = path.join(cwd, name)
  const values = readFile(file, (code) => {
    // A folder `.env` is some Python's virtual environment, not settings of ours.
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return ''
    throw badFile(file, `it cannot be read (${code})`)
  })
  const never = [...NEVER_OF_THE_FOLDER, ...outputVariables(values)]
  const refused = never.find((variable) => values[variable]?.trim())
  if (refused === undefined) return { name: file, file, rank, values }
  throw badFile(
    file,
    `it sets ${refused}, which is taken from the real environment alone`,
    `Take it out. If the file is yours, --env-file ${file} has it count as said by you.`,
  )
}

function givenFile(cwd: string, envFile: string, rank: number): Source {
  const file = path.resolve(cwd, envFile)
  const values = readFile(file, (code) => {
    throw nothingStarted(
      'usage',
      `--env-file ${file} cannot be read (${code}).`,
      'Give a file of lines NAME=value. .env.example shows its form.',
    )
  })
  return { name: file, file, rank, values: withSecretFiles(values, cwd) }
}

function readFile(file: string, instead: (code: string) => string): Environment {
  const text = readText(file, instead)
  if (text.includes('\0')) throw badFile(file, 'it is not UTF-8 text')
  refuseBrokenLines(file, text)
  return parseEnv(text)
}

function readText(file: string, instead: (code: string) => string): string {
  try {
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '') // some editors begin a file with a mark
  } catch (cause) {
    return instead((cause as NodeJS.ErrnoException).code ?? String(cause))
  }
}

/** Node's parser skips a line that it does not understand. One that was to set a variable of ours must not be lost so. */
function refuseBrokenLines(file: string, text: string): void {
  const ours = new RegExp(String.raw`^\s*(?:export\s+)?(${VARIABLE_NAMES.join('|')})\b(.*)$`)
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [, name, rest] = ours.exec(line) ?? []
    if (name === undefined || /^\s*=/.test(rest ?? '')) continue
    throw badFile(file, `line ${index + 1} names ${name} but is not of the form ${name}=value`)
  }
}

function badFile(
  file: string,
  reason: string,
  hint = 'Correct the file or move it away. .env.example shows its form.',
): AppError {
  return nothingStarted('not-configured', `The file ${file} is of no use: ${reason}.`, hint)
}

/**
 * The environment with each secret that it names by a file (as containers mount them) in its place; relative paths are
 * meant from `cwd`. Throws `not-configured` where a file cannot be read, holds nothing or not one line, or where the
 * secret is there twice. What a file holds is in none of the sentences.
 */
export function withSecretFiles(env: Environment, cwd: string): Environment {
  const filled: Record<string, string | undefined> = { ...env }
  for (const name of [...SECRETS, ...outputVariables(env)]) {
    const file = env[`${name}_FILE`]?.trim()
    if (!file) continue
    if (env[name]?.trim()) {
      throw refuse(`${name} and ${name}_FILE are both set, and may differ`, 'Take one of them out.')
    }
    filled[name] = readSecret(name, path.resolve(cwd, file))
  }
  return filled
}

/** What a file holds that `NAME_FILE` names. Throws `not-configured`. */
export function readSecret(name: string, file: string): string {
  const text = secretText(name, file).replace(/\r?\n$/, '') // an editor's, or echo's
  if (text.trim() === '') {
    throw refuse(`${name}_FILE names ${file}, which is empty`, `Write the secret into it, on one line.`)
  }
  if (/[\r\n\0\uFFFD]/.test(text)) {
    throw refuse(
      `${name}_FILE names ${file}, which is not one line of text`,
      'It must hold the secret and nothing else.',
    )
  }
  return text
}

/** No secret of ours is longer, in bytes: what is was meant for something else. */
const MAX_BYTES = 64 * 1024

function secretText(name: string, file: string): string {
  try {
    const stats = statSync(file)
    if (stats.isFile() && stats.size <= MAX_BYTES) return readFileSync(file, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'is not there' : `cannot be read (${code ?? String(cause)})`
    throw refuse(
      `${name}_FILE names ${file}, which ${why}`,
      'In a container: is the secret mounted, and may the account that runs the program read it?',
      cause,
    )
  }
  throw refuse(
    `${name}_FILE names ${file}, which is no file that could hold a secret`,
    `It takes a plain file of at most ${MAX_BYTES / 1024} KiB.`,
  )
}

function refuse(message: string, hint: string, cause?: unknown): AppError {
  return nothingStarted('not-configured', `${message}.`, hint, cause)
}
