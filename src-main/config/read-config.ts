import path from 'node:path'
import { isDay } from '../../src-shared/domain/token-expiry.ts'
import { nothingSent, nothingStarted } from '../../src-shared/errors/app-error.ts'
import { DEFAULT_SANDBOX, INDEX_LAG_FORMS, parseIndexLag, type SandboxConfig } from '#jira-sandbox'
import { badConfigFile, readConfigFile, withoutJira, type ConfigFile } from './config-file.ts'
import {
  DEFAULT_SYNC_INTERVAL_MS,
  DEFAULT_WATCH,
  type Config,
  type PostgresConfig,
  type SiteConfig,
} from './config.ts'
import { defaultDataDir, prepareDataDir } from './data-dir.ts'
import {
  readSettings,
  refuseWeaker,
  settingsFilesText,
  type Environment,
  type EnvironmentSettings,
} from './environment.ts'
import { jiraConfig, checkedProjectKey } from './jira-config.ts'
import { lookUpIn, fixedBy, wholePath, type FoundSetting } from './look-up.ts'
import { variablesOf, type Flags, type Variable, type Variables } from './settings-table.ts'
import { chooseFallback, chooseStore } from './store-config.ts'
import { isZone } from '../../src-shared/domain/zone.ts'
import { readTeam } from './team-config.ts'
import { readVault } from './vault-config.ts'

/** What the command line said. What is absent is asked of the next source. */
export interface ConfigFlags extends Flags {
  readonly sandbox?: Partial<SandboxConfig> | undefined
}

export interface ConfigSources {
  readonly flags: ConfigFlags
  readonly env: Environment
  /** Where `.env` and `.auth` are looked for where `envFile` is not given, and what relative paths of the flags mean. */
  readonly cwd: string
}

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
  const { variables, network, outputSecrets } = settings
  const dataDir = path.resolve(
    cwd,
    flags.dataDir ?? variables.JIRA_TPM_DATA_DIR ?? defaultDataDir({ ...env, JIRA_TPM_DATA_DIR: undefined }),
  )
  const file = readConfigFile(dataDir)
  if (file.zone !== undefined && !isZone(file.zone)) {
    throw badConfigFile(dataDir, `names no time zone: ${file.zone}`)
  }
  const sources = { flags, variables, file, cwd, dataDir }
  const chosen = lookUpIn(sources)('jira') ?? NO_JIRA
  const fileHere = fileForJira(file, chosen)
  const variablesHere = variablesForJira(variables, chosen)
  const lookUp = lookUpIn({ ...sources, file: fileHere, variables: variablesHere })
  const vault = readVault(variables, cwd)
  // As a token of the environment: next to JIRA_URL it is that Jira's alone.
  const asksVault = vault !== null && variablesHere === variables && variables.JIRA_API_KEY === undefined
  const project = lookUp('project')
  const config: Config = {
    dataDir,
    jira: jiraConfig(chosen, {
      user: lookUp('user')?.value ?? null,
      token: lookUp('token')?.value ?? null,
      tokenExpiresOn: dayOf(lookUp('tokenExpires')),
      caFile: wholePath(lookUp('caFile')),
      ...watchPart(variablesHere, fileHere),
      ...(asksVault && { tokenFrom: 'vault' }),
    }),
    jiraFixedBy: fixedBy(chosen),
    network,
    projectKey: project === undefined ? null : checkedProjectKey(project),
    projectFixedBy: fixedBy(project),
    ...chooseStore(sources),
    fallback: chooseFallback(sources),
    vault,
    team: readTeam(lookUp, variables),
    hooksSecret: lookUp('hooksSecret')?.value ?? null,
    outputSecrets,
    /** Asked of the system when it is needed: that takes 15 ms. */
    get zone() {
      return file.zone ?? machineZone()
    },
    calendarZone: calendarZoneOf(lookUp('calendarZone'), dataDir),
    syncIntervalMs:
      file.syncIntervalSeconds === undefined ? DEFAULT_SYNC_INTERVAL_MS : file.syncIntervalSeconds * 1_000,
    sandbox: withPast({ ...sandboxOf(file, dataDir), ...flags.sandbox }),
    settingsFiles: settingsFilesText(settings),
  }
  refuseStraySecrets(settings, config, flags.dataDir !== undefined)
  return config
}

/** Throws `not-configured` where it is no zone. */
function calendarZoneOf(found: FoundSetting | undefined, dataDir: string): string | null {
  if (found === undefined || isZone(found.value)) return found?.value ?? null
  if (fixedBy(found) === null) throw badConfigFile(dataDir, `names no time zone: ${found.value}`)
  throw nothingSent(
    found.code,
    `${found.source} is ${found.value}, which is no time zone.`,
    'Give its IANA name, as Europe/Berlin, or UTC.',
  )
}

/** The defaults. */
const NO_JIRA: FoundSetting = {
  value: 'sandbox',
  source: '',
  code: 'not-configured',
  folder: '',
  isKept: true,
}

/** What config.json says of its own Jira goes to no other: least of all its account's name. */
function fileForJira(file: ConfigFile, jira: FoundSetting): ConfigFile {
  const isSame = file.jira === undefined || fixedBy(jira) === null || sameJira(file.jira, jira.value)
  return isSame ? file : withoutJira(file)
}

/** The same of the environment: a token next to JIRA_URL is that Jira's, and `--jira` may name another, or mistype it. */
function variablesForJira(variables: Variables, jira: FoundSetting): Variables {
  const { JIRA_URL } = variables
  return jira.source !== '--jira' || JIRA_URL === undefined || sameJira(JIRA_URL, jira.value) ? variables : {}
}

function sameJira(one: string, other: string): boolean {
  const [a, b] = [one, other].map((target) => URL.parse(target)?.href.replace(/\/+$/, '') ?? target)
  return a === b
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

/** Of config.json it was checked before. Throws `not-configured` where it is no day. */
function dayOf(found: FoundSetting | undefined): string | null {
  if (found === undefined || isDay(found.value)) return found?.value ?? null
  throw nothingSent(
    found.code,
    `${found.source} is ${found.value}, which is no day.`,
    'Write it as 2027-01-31.',
  )
}

/** Weeks of a past that a workspace's own sandbox begins with, for a person to look at. */
const PAST_WEEKS = 4

/** Whoever says how many tickets are to be there, or over which time, gets these alone. */
function withPast(given: Partial<SandboxConfig>): SandboxConfig {
  const isSaid = given.historyTickets !== undefined || given.historyHours !== undefined
  return { ...DEFAULT_SANDBOX, historyWeeks: isSaid ? 0 : PAST_WEEKS, ...given }
}

function sandboxOf(file: ConfigFile, dataDir: string): Partial<SandboxConfig> {
  const { lag, burst, ...rest } = file.sandbox ?? {}
  for (const zone of [rest.userZone, rest.siteZone]) {
    if (zone !== undefined && !isZone(zone)) throw badConfigFile(dataDir, `names no time zone: ${zone}`)
  }
  const indexLag = lag === undefined ? undefined : parseIndexLag(lag)
  if (indexLag === null) {
    throw badConfigFile(dataDir, `has a wrong value at /sandbox/lag: it takes ${INDEX_LAG_FORMS}`)
  }
  return {
    ...rest,
    ...(indexLag === undefined ? {} : { indexLag }),
    ...(burst === undefined ? {} : { burstPerSecond: burst }),
  }
}

/** No secret of the environment that is used goes where a weaker source says. Throws as `refuseWeaker`. */
function refuseStraySecrets(settings: EnvironmentSettings, config: Config, isFolderFlag: boolean): void {
  const vaults = variablesOf('secret', 'vault')
  const refuse = (secrets: readonly Variable[], ways: readonly Variable[]): void =>
    refuseWeaker(settings, secrets, ways)
  // The folder has a config.json with addresses, and the key that signs the dashboard's tokens.
  if (!isFolderFlag) refuse(variablesOf('secret'), ['JIRA_TPM_DATA_DIR'])
  if (config.vault !== null) refuse(vaults, variablesOf('way', 'vault'))
  const { jira, jiraFixedBy, store, storeFixedBy, team } = config
  if (team.token !== null) refuse(['JIRA_TPM_SERVER_TOKEN'], ['JIRA_TPM_SERVER'])
  if (jira.kind === 'site' && jiraFixedBy === 'JIRA_URL') {
    if (jira.token !== null) refuse(['JIRA_API_KEY'], ['JIRA_URL'])
    if (jira.tokenFrom === 'vault') refuse(vaults, ['JIRA_URL'])
  }
  if (store.kind === 'postgres' && store.replica !== undefined) refuseStrayLogin(settings, store)
  if (store.kind !== 'postgres' || (storeFixedBy !== 'DATABASE_URL' && storeFixedBy !== 'PSQL_HOST')) return
  const named = storeFixedBy === 'DATABASE_URL' ? ([storeFixedBy] as const) : variablesOf('way', 'store')
  const ways = store.pooler === undefined ? named : ([...named, 'DATABASE_DIRECT_URL'] as const)
  if (store.pooler !== undefined && store.password !== null)
    refuse(['DATABASE_URL', 'DATABASE_DIRECT_URL'], ways)
  if (store.password !== null && store.password === settings.variables.PSQL_PW) refuse(['PSQL_PW'], ways)
  if (store.credentials === 'vault') refuse(vaults, ways)
}

/** The primary's own login goes to no replica that a weaker source names. */
function refuseStrayLogin(
  settings: EnvironmentSettings,
  { password, replica, credentials }: PostgresConfig,
): void {
  const refuse = (secrets: readonly Variable[]): void =>
    refuseWeaker(settings, secrets, ['DATABASE_REPLICA_URL'])
  if (password !== null && replica?.password === password) refuse(['DATABASE_URL', 'PSQL_PW'])
  if (credentials === 'vault' && replica?.credentials === 'vault') refuse(variablesOf('secret', 'vault'))
}

/** The machine's own zone; UTC where it has none that has a name. */
function machineZone(): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
  return timeZone !== undefined && isZone(timeZone) ? timeZone : 'UTC'
}
