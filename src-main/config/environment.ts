import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { NetworkConfig } from './config.ts'
import { SECRET_FILE_VARIABLES, withSecretFiles } from './secret-files.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** The variables that we read. Of `.env` and `.auth`, which may serve other programs too, we take nothing else. */
const VARIABLES = [
  'JIRA_URL',
  'JIRA_USER',
  'JIRA_API_KEY',
  'JIRA_TOKEN_EXPIRES',
  'JIRA_PROJECT',
  'JIRA_CA_FILE',
  'JIRA_TPM_DATA_DIR',
  'JIRA_TPM_HOST',
  'JIRA_TPM_PORT',
  'JIRA_TPM_PUBLIC_URL',
  'JIRA_TPM_BEHIND_PROXY',
  'JIRA_TPM_TLS_CERT_FILE',
  'JIRA_TPM_TLS_KEY_FILE',
  'JIRA_TPM_OPEN_METRICS',
  'DATABASE_URL',
  'PSQL_HOST',
  'PSQL_PORT',
  'PSQL_DB',
  'PSQL_USER',
  'PSQL_PW',
  'PSQL_SSLMODE',
  'PSQL_CA_FILE',
  'PSQL_ROLE',
  'USE_VAULT',
  'VAULT_ADDR',
  'VAULT_NAMESPACE',
  'VAULT_CACERT',
  'VAULT_ALLOW_HTTP',
  'VAULT_REDIRECT_HOSTS',
  'VAULT_TOKEN',
  'VAULT_ROLE_ID',
  'VAULT_SECRET_ID',
  'VAULT_APPROLE_MOUNT',
  'VAULT_DB_ROLE',
  'VAULT_DB_MOUNT',
  'VAULT_KV_MOUNT',
  'VAULT_KV_PATH',
] as const

type Variable = (typeof VARIABLES)[number]
export type Variables = { readonly [V in Variable]?: string }

/**
 * Our variables from the real environment, from `.env` and from `.auth` in `cwd`, in that order of precedence. An
 * empty value counts as none. The real environment may name files that hold the secrets (`withSecretFiles`). Throws
 * `not-configured` where a file cannot be read or spoils one of our variables.
 */
export function readVariables(env: Environment, cwd: string): Variables {
  const sources = [
    readFile(path.join(cwd, '.auth')),
    readFile(path.join(cwd, '.env')),
    withSecretFiles(env, cwd),
  ]
  const found: { [V in Variable]?: string } = {}
  for (const source of sources) {
    forgetOtherServer(found, source)
    for (const name of VARIABLES) {
      const value = source[name]?.trim()
      if (value) found[name] = value
    }
  }
  return found
}

const SERVER_VARIABLES = VARIABLES.filter((name) => name === 'DATABASE_URL' || name.startsWith('PSQL_'))
const VAULT_VARIABLES = VARIABLES.filter((name) => name.startsWith('VAULT_'))

/** A source that names a PostgreSQL server of its own gets nothing that a weaker one says of another: least its password. */
function forgetOtherServer(found: { [V in Variable]?: string }, source: Environment): void {
  const server = ({ DATABASE_URL, PSQL_HOST }: Environment): string | undefined =>
    DATABASE_URL?.trim() || PSQL_HOST?.trim()
  if (isOther(server(found), server(source))) for (const name of SERVER_VARIABLES) delete found[name]
  // So with a Vault: neither token nor AppRole of another goes to it.
  const vault = ({ VAULT_ADDR }: Environment): string | undefined => VAULT_ADDR?.trim()
  if (isOther(vault(found), vault(source))) for (const name of VAULT_VARIABLES) delete found[name]
}

function isOther(former: string | undefined, named: string | undefined): boolean {
  return Boolean(former) && Boolean(named) && former !== named
}

/**
 * The proxies that the real environment names, in either case; the lower wins, as with curl. Files are not asked: one
 * that lies in a folder by chance shall not lead a token through somebody's proxy.
 */
export function readNetwork(env: Environment): NetworkConfig {
  const of = (name: string): string | null => env[name]?.trim() || env[name.toUpperCase()]?.trim() || null
  return { httpProxy: of('http_proxy'), httpsProxy: of('https_proxy'), noProxy: of('no_proxy') }
}

function readFile(file: string): Environment {
  let text: string
  try {
    text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '') // some editors begin a file with a mark
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code
    // A folder `.env` is some Python's virtual environment, not settings of ours.
    if (code === 'ENOENT' || code === 'EISDIR' || code === 'ENOTDIR') return {}
    throw badFile(file, `it cannot be read (${code ?? String(cause)})`)
  }
  if (text.includes('\0')) throw badFile(file, 'it is not UTF-8 text')
  refuseBrokenLines(file, text)
  const variables = parseEnv(text)
  refuseSecretFiles(file, variables)
  return variables
}

/** A file that lies in a folder by chance shall not have another file of this machine sent to somebody's Jira. */
function refuseSecretFiles(file: string, variables: Environment): void {
  const name = SECRET_FILE_VARIABLES.find((variable) => variables[variable]?.trim())
  if (name !== undefined)
    throw badFile(file, `it sets ${name}, which is taken from the real environment alone`)
}

/** Node's parser skips a line that it does not understand. One that was to set a variable of ours must not be lost so. */
function refuseBrokenLines(file: string, text: string): void {
  const ours = new RegExp(String.raw`^\s*(?:export\s+)?(${VARIABLES.join('|')})\b(.*)$`)
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [, name, rest] = ours.exec(line) ?? []
    if (name === undefined || /^\s*=/.test(rest ?? '')) continue
    throw badFile(file, `line ${index + 1} names ${name} but is not of the form ${name}=value`)
  }
}

function badFile(file: string, reason: string): AppError {
  return new AppError('not-configured', `The file ${file} is of no use: ${reason}. Nothing was started.`, {
    hint: 'Correct the file or move it away. .env.example shows its form.',
  })
}
