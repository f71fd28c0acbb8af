import type { Limits } from '#jira-sandbox'

/**
 * A setting. Flags, what is read of the environment, `.env`, `.auth` and config.json, where it came from and which files
 * may hold it follow from its entry.
 */
export interface Setting {
  /** What it is about. A source that names another Jira, PostgreSQL server or Vault says nothing of the former one's. */
  readonly of: 'jira' | 'store' | 'vault' | 'server' | 'team' | 'workspace'
  /** As commander takes it, with what follows it. The flags of the server are those of `serve`, all others those of each command. */
  readonly flag?: string
  readonly help?: string
  /** The flag's limits, where it takes a whole number. */
  readonly whole?: Limits
  readonly env?: string
  /**
   * What the variable may do; absent: from any source.
   * `secret`: goes only where an address of its own source or a stronger one says, and may be in a file (`_FILE`).
   * `way`: says where a secret goes, or how well it is kept on the way.
   * `given`: taken from what a person gives alone (environment, `--env-file`, flags), and never from the `.env` or `.auth`
   * of the folder, which somebody else may have made: it opens the server, or says whose certificates are believed.
   */
  readonly trust?: 'secret' | 'way' | 'given'
  /** What config.json of the workspace may have under its name (`config-file.ts`): no secrets, for it is a plain file. */
  readonly file?:
    | 'text'
    | 'key'
    | 'day'
    | 'watch'
    | 'sqlite'
    | 'secret-store'
    | 'seconds'
    | 'sandbox'
    | 'switch'
}

/** How the server is reached: nothing that a stranger's file may say. */
function served<F extends string, E extends string>(flag: F, help: string, env: E) {
  return { of: 'server', flag, help, env, trust: 'given' } as const
}

export const SETTINGS = {
  jira: {
    of: 'jira',
    flag: '--jira <target>',
    help: 'which Jira: sandbox, or a URL (default: JIRA_URL, else sandbox)',
    env: 'JIRA_URL',
    trust: 'way',
    file: 'text',
  },
  user: { of: 'jira', env: 'JIRA_USER', file: 'text' },
  token: { of: 'jira', env: 'JIRA_API_KEY', trust: 'secret' },
  /** The last day on which the token works. */
  tokenExpires: { of: 'jira', env: 'JIRA_TOKEN_EXPIRES', file: 'day' },
  project: {
    of: 'jira',
    flag: '--project <key>',
    help: 'one project (default: every project that the account sees)',
    env: 'JIRA_PROJECT',
    file: 'key',
  },
  /** A PEM file; a relative one in config.json is one of the workspace. */
  caFile: { of: 'jira', env: 'JIRA_CA_FILE', trust: 'given', file: 'text' },
  /** What that Jira signs its webhooks with. */
  hooksSecret: { of: 'jira', env: 'JIRA_WEBHOOK_SECRET', trust: 'secret' },
  watch: { of: 'jira', env: 'JIRA_WATCH', file: 'watch' },
  watchField: { of: 'jira', env: 'JIRA_WATCH_FIELD' },
  /** In config.json without a password, and a relative file is one of the workspace. */
  store: {
    of: 'store',
    flag: '--store <store>',
    help: 'where tickets are kept: sqlite:FILE or postgres://user@host:port/database (default: DATABASE_URL, PSQL_HOST, what use-store chose, else tpm.sqlite in the data folder)',
    env: 'DATABASE_URL',
    trust: 'secret',
    file: 'text',
  },
  /** A standby of that server, for long reads. */
  storeReplica: { of: 'store', env: 'DATABASE_REPLICA_URL', trust: 'secret' },
  storeHost: { of: 'store', env: 'PSQL_HOST', trust: 'way' },
  storePort: { of: 'store', env: 'PSQL_PORT', trust: 'way' },
  storeDatabase: { of: 'store', env: 'PSQL_DB' },
  storeUser: { of: 'store', env: 'PSQL_USER' },
  storePassword: { of: 'store', env: 'PSQL_PW', trust: 'secret' },
  storeTls: { of: 'store', env: 'PSQL_SSLMODE', trust: 'way' },
  storePrivateHost: { of: 'store', env: 'PSQL_PRIVATE_HOST', trust: 'given' },
  storeCaFile: { of: 'store', env: 'PSQL_CA_FILE', trust: 'given' },
  /** The server itself, where the address above is of a pooler before it. */
  storeDirect: { of: 'store', env: 'DATABASE_DIRECT_URL', trust: 'secret' },
  storeRole: { of: 'store', env: 'PSQL_ROLE' },
  fallback: {
    of: 'workspace',
    flag: '--fallback <store>',
    help: 'sqlite: goes on with a file, filled from Jira, while the PostgreSQL server is out of reach (default: none)',
    file: 'sqlite',
  },
  useVault: { of: 'workspace', env: 'USE_VAULT' },
  vault: { of: 'vault', env: 'VAULT_ADDR', trust: 'way' },
  vaultPort: { of: 'vault', env: 'VAULT_PORT', trust: 'way' },
  vaultNamespace: { of: 'vault', env: 'VAULT_NAMESPACE' },
  vaultCaFile: { of: 'vault', env: 'VAULT_CACERT', trust: 'given' },
  vaultAllowHttp: { of: 'vault', env: 'VAULT_ALLOW_HTTP', trust: 'way' },
  vaultRedirectHosts: { of: 'vault', env: 'VAULT_REDIRECT_HOSTS', trust: 'way' },
  vaultToken: { of: 'vault', env: 'VAULT_TOKEN', trust: 'secret' },
  vaultTokenFile: { of: 'vault', env: 'VAULT_TOKEN_FILE', trust: 'given' },
  vaultRoleId: { of: 'vault', env: 'VAULT_ROLE_ID' },
  vaultSecretId: { of: 'vault', env: 'VAULT_SECRET_ID', trust: 'secret' },
  vaultAppRoleMount: { of: 'vault', env: 'VAULT_APPROLE_MOUNT' },
  vaultDbRole: { of: 'vault', env: 'VAULT_DB_ROLE' },
  vaultDbMount: { of: 'vault', env: 'VAULT_DB_MOUNT' },
  vaultKvMount: { of: 'vault', env: 'VAULT_KV_MOUNT' },
  vaultKvPath: { of: 'vault', env: 'VAULT_KV_PATH' },
  server: {
    of: 'team',
    flag: '--server <server>',
    help: 'a team server, by its name or URL, or local for none (default: JIRA_TPM_SERVER, else what servers use chose)',
    env: 'JIRA_TPM_SERVER',
    trust: 'given',
  },
  serverToken: { of: 'team', env: 'JIRA_TPM_SERVER_TOKEN', trust: 'secret' },
  dataDir: {
    of: 'workspace',
    flag: '--data-dir <folder>',
    help: "the data folder (default: the platform's own)",
    env: 'JIRA_TPM_DATA_DIR',
    trust: 'way',
  },
  envFile: {
    of: 'workspace',
    flag: '--env-file <file>',
    help: 'read this file instead of .env and .auth; it counts as a flag',
  },
  host: served(
    '--host <address>',
    'where to listen (default: 127.0.0.1, this machine alone)',
    'JIRA_TPM_HOST',
  ),
  port: {
    of: 'server',
    flag: '--port <n>',
    help: 'the port; 0 for any free one (default: 8050)',
    whole: { min: 0, max: 65_535 },
    env: 'JIRA_TPM_PORT',
  },
  tlsCert: served(
    '--tls-cert <file>',
    "PEM file of the server's certificate and its chain",
    'JIRA_TPM_TLS_CERT_FILE',
  ),
  tlsKey: served('--tls-key <file>', 'PEM file of its private key', 'JIRA_TPM_TLS_KEY_FILE'),
  behindProxy: served('--behind-proxy', 'a proxy before it does TLS', 'JIRA_TPM_BEHIND_PROXY'),
  trustProxy: served(
    '--trust-proxy <cidr>',
    'the same, and it connects from this network: others are refused',
    'JIRA_TPM_TRUST_PROXY',
  ),
  publicUrl: served(
    '--public-url <url>',
    'the one address that browsers open it by: https://NAME',
    'JIRA_TPM_PUBLIC_URL',
  ),
  edge: served(
    '--edge',
    'serves alone what others fetch: no Jira is asked, and no token of one is needed',
    'JIRA_TPM_EDGE',
  ),
  hooks: served('--hooks', "takes Jira's webhooks, too, at a port of their own", 'JIRA_TPM_HOOKS'),
  hooksHost: served(
    '--hooks-host <address>',
    'where to listen for webhooks (default: 127.0.0.1, this machine alone)',
    'JIRA_TPM_HOOKS_HOST',
  ),
  hooksPort: {
    of: 'server',
    flag: '--hooks-port <n>',
    help: 'the port for webhooks; 0 for any free one (default: the one above --port)',
    whole: { min: 0, max: 65_535 },
    env: 'JIRA_TPM_HOOKS_PORT',
  },
  accessLogStdout: served(
    '--access-log-stdout',
    'who did what (access.log of the log folder) to stdout, too, as JSON lines',
    'JIRA_TPM_ACCESS_LOG_STDOUT',
  ),
  openMetrics: served(
    '--open-metrics',
    '/metrics without a token; on this machine alone',
    'JIRA_TPM_OPEN_METRICS',
  ),
  /** The kind of store that this workspace's tokens and passwords were put into. */
  tokenIn: { of: 'workspace', file: 'secret-store' },
  /** IANA name of the zone that times are shown in. */
  zone: { of: 'workspace', file: 'text' },
  /** IANA name of the zone whose hours of the week are compared. */
  calendarZone: { of: 'workspace', env: 'JIRA_TPM_CALENDAR_ZONE', file: 'text' },
  /** What a new workspace suggests to do first. */
  firstStepsPutAway: { of: 'workspace', file: 'switch' },
  syncIntervalSeconds: { of: 'workspace', file: 'seconds' },
  sandbox: { of: 'workspace', file: 'sandbox' },
} as const satisfies Record<string, Setting>

export type SettingsTable = typeof SETTINGS
export type SettingName = keyof SettingsTable

/** All of them, in the order of the table. */
export const ALL_SETTINGS: readonly (readonly [SettingName, Setting])[] = Object.entries(SETTINGS) as [
  SettingName,
  Setting,
][]

type FlagOf<S> = S extends { whole: Limits }
  ? number
  : S extends { flag: `${string} <${string}` }
    ? string
    : boolean

/** What a command line said, by the names that commander gives them. */
export type Flags = {
  readonly [N in SettingName as SettingsTable[N] extends { flag: string } ? N : never]?:
    | FlagOf<SettingsTable[N]>
    | undefined
}

/** The flags of `serve`, or of every command, in the order of its help. `form` is as commander takes it. */
export function flagsOf(what: 'serve' | 'every command') {
  return ALL_SETTINGS.flatMap(([name, { flag: form, help = '', of, whole }]) =>
    form !== undefined && (of === 'server') === (what === 'serve')
      ? [{ name: name as keyof Flags, flag: form.split(' ', 1).join(), form, help, whole }]
      : [],
  )
}

type EnvOf<S> = S extends { env: infer E extends string } ? E : never

/** The name of a variable of the environment that is read. */
export type Variable = EnvOf<SettingsTable[SettingName]>

/** What was said by variables, of whatever source. */
export type Variables = { readonly [V in Variable]?: string }

type OfTrust<T> = EnvOf<Extract<SettingsTable[SettingName], { readonly trust: T }>>

/** The variables of a kind; of one subject where it is named. */
export function variablesOf<T extends NonNullable<Setting['trust']>>(
  trust: T,
  about?: Setting['of'],
): OfTrust<T>[] {
  return ALL_SETTINGS.flatMap(([, { env, of, ...setting }]) =>
    env !== undefined && setting.trust === trust && (about ?? of) === of ? [env as OfTrust<T>] : [],
  )
}

/** All variables, or those about something. */
export function variableNames(about?: Setting['of']): Variable[] {
  return ALL_SETTINGS.flatMap(([, { env, of }]) =>
    env !== undefined && (about ?? of) === of ? [env as Variable] : [],
  )
}
