import type { WatchChoice } from '../../src-shared/contract/settings.ts'
import { PRIORITY_FIELD } from '../../src-shared/domain/ticket.ts'
import { DEFAULT_PROJECT, type SandboxConfig } from '#jira-sandbox'
import type { NetworkConfig } from './environment.ts'
import type { TeamConfig } from './team-config.ts'
import type { VaultConfig } from './vault-config.ts'

/** Everything that is set from outside, read once at start, checked, and passed down. Nothing else reads the environment. */
export interface Config {
  /** The workspace's folder. It exists and can be written. */
  readonly dataDir: string
  readonly jira: JiraConfig
  /** What fixes the choice of Jira from outside (`--jira`, `JIRA_URL`), so that it cannot be changed from within; null: nothing. */
  readonly jiraFixedBy: string | null
  readonly network: NetworkConfig
  /** Null: fetch every project the account sees. */
  readonly projectKey: string | null
  /** What says so from outside, where it may be mistyped; null: nothing, or the settings, which looked. */
  readonly projectFixedBy: string | null
  readonly store: StoreConfig
  /** What fixes the store from outside (`--store`, `DATABASE_URL`, `PSQL_HOST`), so that it cannot be changed from within; null: nothing. */
  readonly storeFixedBy: string | null
  /** Whether to go on with the workspace's own file, unasked, while a PostgreSQL server is out of reach. */
  readonly fallback: 'sqlite' | null
  /** Where secrets come from that neither a flag nor the environment has; null: Vault is not used. */
  readonly vault: VaultConfig | null
  /** What the Jira signs its webhooks with, from the environment; null: it is asked of the secret store. */
  readonly hooksSecret: string | null
  /** The team server that is meant, where one is said from outside. */
  readonly team: TeamConfig
  /** Secrets of outputs of alerts, by the names of their variables (`outputVariable`). */
  readonly outputSecrets: Readonly<Record<string, string>>
  /** IANA name of the zone that times are shown in. */
  readonly zone: string
  /** IANA name of the zone whose hours of the week are compared; null: the account's. */
  readonly calendarZone: string | null
  /** Real milliseconds between two fetches while an app is open. */
  readonly syncIntervalMs: number
  readonly sandbox: SandboxConfig
  /** Sentences for a person: which settings were taken from which file. */
  readonly settingsFiles: readonly string[]
}

export type StoreConfig = SqliteConfig | PostgresConfig

export interface SqliteConfig {
  readonly kind: 'sqlite'
  /** A whole path. */
  readonly file: string
}

export interface PostgresServer {
  /** A name, an address without brackets, or the folder of a Unix socket (it begins with a slash). */
  readonly host: string
  readonly port: number
}

export interface PostgresConfig extends PostgresServer {
  readonly kind: 'postgres'
  /** Servers besides that keep the same database: one of all takes writes, which may be another at another time. Absent: none. */
  readonly others?: readonly PostgresServer[]
  readonly database: string
  readonly user: string
  /** From the environment; null: it is asked of the secret store, and where that has none, none is sent. */
  readonly password: string | null
  /** User and password are leased from Vault, and `user` is only what the address says. Absent: as `password` says. */
  readonly credentials?: 'vault'
  /** The role that each session takes on (SET ROLE): what it makes is that role's. Absent: none but the user's own. */
  readonly role?: string
  /** A standby of it that long reads go to (DATABASE_REPLICA_URL). Absent: there is none. */
  readonly replica?: Omit<PostgresConfig, 'replica'>
  /** See `PostgresDraft` in the contract. */
  readonly tls: TlsMode
  /** A PEM file of certificates to believe besides the system's own; a whole path. */
  readonly caFile: string | null
  /** Short transactions go through a pooler, by the same user; all else to the server itself. Absent: there is none. */
  readonly pooler?: PoolerConfig
}

export type PoolerConfig = PostgresServer & Pick<PostgresConfig, 'database' | 'tls' | 'caFile'>

export type TlsMode = 'verify-full' | 'verify-ca' | 'require' | 'disable'

export type JiraConfig = { readonly kind: 'sandbox' } | SiteConfig

/** A Jira Cloud site or a Data Center server: which of the two it is, only the server knows. */
export interface SiteConfig {
  readonly kind: 'site'
  /** As people open it; it may have a path, and ends without a slash. */
  readonly url: string
  /** The e-mail address of a Cloud account; null for Data Center. */
  readonly user: string | null
  /** From the environment; null: it is asked of the secret store (`secrets/secrets.ts`). */
  readonly token: string | null
  /** Vault is asked for the token before the secret store. Absent: it is not asked. */
  readonly tokenFrom?: 'vault'
  /** The last day on which the token works, `2027-01-31`, as the person entered it. */
  readonly tokenExpiresOn: string | null
  /** A PEM file of certificates to believe besides the system's own; a whole path. */
  readonly caFile: string | null
  /** Its ids may be names, in whatever case, where the environment says them. */
  readonly watch: WatchChoice
  /** JIRA_WATCH or JIRA_WATCH_FIELD is set. `field`: the latter, which only the site can turn into that of `watch`. */
  readonly watchOfEnvironment?: { readonly field: string | null }
}

/** High and Highest, by name; see `isUsuallyWatched`. */
export const DEFAULT_WATCH: WatchChoice = { field: { id: PRIORITY_FIELD, name: 'Priority' }, ids: [] }

export const DEFAULT_SYNC_INTERVAL_MS = 5_000
export const DEFAULT_PORT = 8050

/** Where a run makes its tickets if it names no project; null where a person has to say it. The sandbox's are all watched. */
export function projectOfRuns({ projectKey, jira }: Pick<Config, 'projectKey' | 'jira'>): string | null {
  return projectKey ?? (jira.kind === 'sandbox' ? DEFAULT_PROJECT.key : null)
}
