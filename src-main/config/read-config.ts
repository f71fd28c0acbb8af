import path from 'node:path'
import { isDay } from '../../src-shared/domain/token-expiry.ts'
import { nothingSent, nothingStarted } from '../../src-shared/errors/app-error.ts'
import { chooseFallback, chooseStore } from './choose-store.ts'
import { badConfigFile, readConfigFile, withoutJira, type ConfigFile } from './config-file.ts'
import { DEFAULT_SYNC_INTERVAL_MS, DEFAULT_WATCH, type Config, type SiteConfig } from './config.ts'
import { defaultDataDir, prepareDataDir } from './data-dir.ts'
import {
  settingsFilesText,
  readSettings,
  type Environment,
  type Origin,
  type EnvironmentSettings,
  type Variables,
} from './environment.ts'
import { jiraConfig, projectKey, type JiraChoice } from './jira-config.ts'
import { DEFAULT_SANDBOX, INDEX_LAG_FORMS, parseIndexLag, type SandboxConfig } from '#jira-sandbox'
import { variablesOf, type Variable as Name } from './variables.ts'
import { readVault } from './vault-config.ts'
import { isZone, machineZone } from './zone.ts'

/** What the command line said. What is absent is asked of the next source. */
export interface ConfigFlags {
  readonly jira?: string | undefined
  readonly project?: string | undefined
  readonly store?: string | undefined
  readonly fallback?: string | undefined
  readonly dataDir?: string | undefined
  readonly envFile?: string | undefined
  readonly sandbox?: Partial<SandboxConfig> | undefined
}

export interface ConfigSources {
  readonly flags: ConfigFlags
  readonly env: Environment
  /** Where `.env` and `.auth` are looked for where `envFile` is not given, and what relative paths of the flags mean. */
  readonly cwd: string
}

/** What says where a secret goes, or how well it is kept on the way. */
const WAYS = {
  JIRA_URL: ['JIRA_URL'],
  DATABASE_URL: ['DATABASE_URL'],
  PSQL_HOST: ['PSQL_HOST', 'PSQL_PORT', 'PSQL_SSLMODE'],
  vault: ['VAULT_ADDR', 'VAULT_PORT', 'VAULT_ALLOW_HTTP', 'VAULT_REDIRECT_HOSTS'],
} as const satisfies Record<string, readonly Name[]>

/**
 * The configuration of this start: flags over the file of `--env-file` over environment over `.env` over `.auth` over the workspace's config.json
 * over defaults. Makes the workspace's folder. Throws `usage`, `not-configured` or `folder-not-writable`.
 */
export function readConfig(sources: ConfigSources): Config {
  const config = resolveConfig(sources)
  prepareDataDir(config.dataDir)
  return config
}

/** As `readConfig`, but only reads: the folder may be missing, and is not made. */
export function resolveConfig({ flags, env, cwd }: ConfigSources): Config {
  if (flags.dataDir?.trim() === '') {
    throw nothingStarted('usage', '--data-dir is empty.', 'Name a folder, or leave it out for the usual one.')
  }
  const settings = readSettings({ env, cwd, envFile: flags.envFile })
  const { variables, network } = settings
  const dataDir = path.resolve(
    cwd,
    flags.dataDir ?? variables.JIRA_TPM_DATA_DIR ?? defaultDataDir({ ...env, JIRA_TPM_DATA_DIR: undefined }),
  )
  const file = readConfigFile(dataDir)
  const zone = file.zone ?? machineZone()
  if (!isZone(zone)) throw badConfigFile(path.join(dataDir, 'config.json'), `names no time zone: ${zone}`)
  const chosen = chooseJira(flags, variables, file)
  const fileHere = fileForJira(file, chosen)
  const variablesHere = variablesForJira(variables, chosen)
  const vault = readVault(variables, cwd)
  // As a token of the environment: next to JIRA_URL it is that Jira's alone.
  const asksVault = vault !== null && variablesHere === variables && variables.JIRA_API_KEY === undefined
  const config: Config = {
    dataDir,
    jira: jiraConfig({
      ...chosen,
      ...siteParts(variablesHere, fileHere, { dataDir, cwd }),
      ...(asksVault && { tokenFrom: 'vault' }),
    }),
    jiraFixedBy: chosen.source === 'config.json' ? null : chosen.source,
    network,
    ...chooseProject(flags, variablesHere, fileHere),
    ...chooseStore({ flag: flags.store, variables, file, dataDir, cwd }),
    fallback: chooseFallback(flags.fallback, file),
    vault,
    zone,
    syncIntervalMs:
      file.syncIntervalSeconds === undefined ? DEFAULT_SYNC_INTERVAL_MS : file.syncIntervalSeconds * 1_000,
    sandbox: { ...DEFAULT_SANDBOX, ...sandboxOf(file, dataDir), ...flags.sandbox },
    settingsFiles: settingsFilesText(settings),
  }
  refuseStraySecrets(settings, config, flags.dataDir !== undefined)
  return config
}

interface ChosenJira {
  readonly target: string
  readonly source: '--jira' | 'JIRA_URL' | 'config.json'
}

function chooseJira(flags: ConfigFlags, variables: Variables, file: ConfigFile): ChosenJira {
  if (flags.jira !== undefined) return { target: flags.jira, source: '--jira' }
  if (variables.JIRA_URL !== undefined) return { target: variables.JIRA_URL, source: 'JIRA_URL' }
  return { target: file.jira ?? 'sandbox', source: 'config.json' }
}

/** What config.json says of its own Jira goes to no other: least of all its account's name. */
function fileForJira(file: ConfigFile, { target, source }: ChosenJira): ConfigFile {
  const isSame = file.jira === undefined || source === 'config.json' || sameJira(file.jira, target)
  return isSame ? file : withoutJira(file)
}

/** The same of the environment: a token next to JIRA_URL is that Jira's, and `--jira` may name another, or mistype it. */
function variablesForJira(variables: Variables, { target, source }: ChosenJira): Variables {
  const { JIRA_URL } = variables
  return source !== '--jira' || JIRA_URL === undefined || sameJira(JIRA_URL, target) ? variables : {}
}

function sameJira(one: string, other: string): boolean {
  const [a, b] = [one, other].map((target) => URL.parse(target)?.href.replace(/\/+$/, '') ?? target)
  return a === b
}

function siteParts(
  variables: Variables,
  file: ConfigFile,
  { dataDir, cwd }: { dataDir: string; cwd: string },
): Omit<JiraChoice, keyof ChosenJira> {
  const { JIRA_CA_FILE } = variables
  return {
    user: variables.JIRA_USER ?? file.user ?? null,
    token: variables.JIRA_API_KEY ?? null,
    tokenExpiresOn: tokenExpires(variables) ?? file.tokenExpires ?? null,
    caFile:
      JIRA_CA_FILE === undefined ? wholePath(dataDir, file.caFile ?? null) : path.resolve(cwd, JIRA_CA_FILE),
    ...watchPart(variables, file),
  }
}

/** Names or ids, as `connect` takes them. Throws `not-configured` where there are none, or far too many. */
function watchPart(
  { JIRA_WATCH, JIRA_WATCH_FIELD }: Variables,
  file: ConfigFile,
): Pick<SiteConfig, 'watch' | 'watchOfEnvironment'> {
  const field = JIRA_WATCH_FIELD ?? null
  const usual = file.watch ?? DEFAULT_WATCH
  if (JIRA_WATCH === undefined && field === null) return { watch: usual }
  const ids = (JIRA_WATCH ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)
  const isWrong = ids.length > 50 || ids.some((id) => id.length > 64)
  if (isWrong || (JIRA_WATCH !== undefined && ids.length === 0)) {
    throw nothingSent(
      'not-configured',
      'JIRA_WATCH holds no names or ids of values.',
      'Give them with commas between, as High,Highest.',
    )
  }
  return {
    watch: { field: field === null ? usual.field : DEFAULT_WATCH.field, ids },
    watchOfEnvironment: { field },
  }
}

/** Throws `not-configured` where it is no day. */
function tokenExpires({ JIRA_TOKEN_EXPIRES: day }: Variables): string | undefined {
  if (day === undefined || isDay(day)) return day
  throw nothingSent(
    'not-configured',
    `JIRA_TOKEN_EXPIRES is ${day}, which is no day.`,
    'Write it as 2027-01-31.',
  )
}

function wholePath(folder: string, file: string | null): string | null {
  return file === null ? null : path.resolve(folder, file)
}

function chooseProject(
  { project }: ConfigFlags,
  { JIRA_PROJECT }: Variables,
  file: ConfigFile,
): Pick<Config, 'projectKey' | 'projectFixedBy'> {
  if (project !== undefined) {
    return { projectKey: projectKey(project, '--project', 'usage'), projectFixedBy: '--project' }
  }
  if (JIRA_PROJECT !== undefined) {
    const key = projectKey(JIRA_PROJECT, 'JIRA_PROJECT', 'not-configured')
    return { projectKey: key, projectFixedBy: 'JIRA_PROJECT' }
  }
  const kept = file.project
  return {
    projectKey: kept === undefined ? null : projectKey(kept, '"project" in config.json', 'not-configured'),
    projectFixedBy: null,
  }
}

function sandboxOf(file: ConfigFile, dataDir: string): Partial<SandboxConfig> {
  const { lag, burst, ...rest } = file.sandbox ?? {}
  const fileName = path.join(dataDir, 'config.json')
  for (const zone of [rest.userZone, rest.siteZone]) {
    if (zone !== undefined && !isZone(zone)) throw badConfigFile(fileName, `names no time zone: ${zone}`)
  }
  const indexLag = lag === undefined ? undefined : parseIndexLag(lag)
  if (indexLag === null) {
    throw badConfigFile(fileName, `has a wrong value at /sandbox/lag: it takes ${INDEX_LAG_FORMS}`)
  }
  return {
    ...rest,
    ...(indexLag === undefined ? {} : { indexLag }),
    ...(burst === undefined ? {} : { burstPerSecond: burst }),
  }
}

/**
 * A secret is used only with an address from the same source or a stronger one: a `.env` of the folder that one stands
 * in may be anybody's, and gets nothing of the real environment. Throws `not-configured`, naming both.
 */
function refuseStraySecrets(settings: EnvironmentSettings, config: Config, isFolderFlag: boolean): void {
  const { variables } = settings
  const vaults = ['VAULT_TOKEN', 'VAULT_SECRET_ID'] as const
  const refuse = (secrets: readonly Name[], way: readonly Name[]): void =>
    refuseWeaker(settings, secrets, way)
  // The folder has a config.json with addresses, and the key that signs the dashboard's tokens.
  if (!isFolderFlag) refuse(variablesOf('secret'), ['JIRA_TPM_DATA_DIR'])
  if (config.vault !== null) refuse(vaults, WAYS.vault)
  const { jira, jiraFixedBy, store, storeFixedBy } = config
  if (jira.kind === 'site' && jiraFixedBy === 'JIRA_URL') {
    if (jira.token !== null) refuse(['JIRA_API_KEY'], WAYS.JIRA_URL)
    if (jira.tokenFrom === 'vault') refuse(vaults, WAYS.JIRA_URL)
  }
  if (store.kind !== 'postgres' || (storeFixedBy !== 'DATABASE_URL' && storeFixedBy !== 'PSQL_HOST')) return
  const way = WAYS[storeFixedBy]
  if (store.password !== null && store.password === variables.PSQL_PW) refuse(['PSQL_PW'], way)
  if (store.credentials === 'vault') refuse(vaults, way)
}

function refuseWeaker(
  { origins, variables }: EnvironmentSettings,
  secrets: readonly Name[],
  way: readonly Name[],
): void {
  const of = (names: readonly Name[]): [Name, Origin][] =>
    names.flatMap((name) => {
      const origin = variables[name] === undefined ? undefined : origins.get(name)
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
