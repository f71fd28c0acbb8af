/** Everything that is set from outside, read once at start, checked, and passed down. Nothing else reads the environment. */
export interface Config {
  /** The workspace's folder. It exists and can be written. */
  readonly dataDir: string
  readonly jira: JiraConfig
  /** Null: fetch every project the account sees. */
  readonly projectKey: string | null
  readonly store: { readonly kind: 'sqlite'; readonly file: string }
  /** IANA name of the zone that times are shown in. */
  readonly zone: string
  /** Real milliseconds between two fetches while an app is open. */
  readonly syncIntervalMs: number
  readonly sandbox: SandboxConfig
}

export type JiraConfig =
  | { readonly kind: 'sandbox' }
  | { readonly kind: 'site'; readonly url: string; readonly email: string; readonly apiToken: string }

/** How the built-in Jira behaves. `history` is made once, when its file is new. */
export interface SandboxConfig {
  /** 0: any free port. */
  readonly port: number
  readonly historyTickets: number
  readonly historyHours: number
  readonly seed: number
  readonly indexLag: IndexLag
  readonly userZone: string
  readonly siteZone: string
  /** Requests a second that one endpoint and method takes before it answers 429; 0 for no limit. */
  readonly burstPerSecond: number
}

/** `random` lags out of order: each ticket by its own time between the two. */
export type IndexLag =
  | { readonly kind: 'none' }
  | { readonly kind: 'fixed'; readonly ms: number }
  | { readonly kind: 'random'; readonly minMs: number; readonly maxMs: number }

export const DEFAULT_SANDBOX: SandboxConfig = {
  port: 0,
  historyTickets: 100,
  historyHours: 1,
  seed: 1,
  indexLag: { kind: 'none' },
  userZone: 'UTC',
  siteZone: 'UTC',
  burstPerSecond: 0,
}

export const DEFAULT_SYNC_INTERVAL_MS = 5_000
export const DEFAULT_PORT = 8050
