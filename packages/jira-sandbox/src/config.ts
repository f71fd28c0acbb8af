/** How a sandbox behaves, as it is set from outside. `history` is made once, when its file is new. */
export interface SandboxConfig {
  /** 0: any free port. */
  readonly port: number
  readonly historyTickets: number
  readonly historyHours: number
  /** Weeks of a past as a support desk has it, in place of those tickets; 0 for none. */
  readonly historyWeeks: number
  readonly seed: number
  readonly indexLag: SandboxIndexLag
  readonly userZone: string
  readonly siteZone: string
  /** Requests a second that one endpoint and method takes before it answers 429; 0 for no limit. */
  readonly burstPerSecond: number
  /** Which of the two Jiras it plays: Cloud's REST v3 or a Data Center server's v2. */
  readonly deployment: 'cloud' | 'data-center'
  /** A path before everything, as Data Center servers often have: empty, or like `/jira`. */
  readonly contextPath: string
}

/** `random` lags out of order: each ticket by its own time between the two. */
export type SandboxIndexLag =
  | { readonly kind: 'none' }
  | { readonly kind: 'fixed'; readonly ms: number }
  | { readonly kind: 'random'; readonly minMs: number; readonly maxMs: number }

export const DEFAULT_SANDBOX: SandboxConfig = {
  port: 0,
  historyTickets: 100,
  historyHours: 1,
  historyWeeks: 0,
  seed: 1,
  indexLag: { kind: 'none' },
  userZone: 'UTC',
  siteZone: 'UTC',
  burstPerSecond: 0,
  deployment: 'cloud',
  contextPath: '',
}

export interface Limits {
  readonly min: number
  readonly max: number
}

/** What the sandbox's settings may be, in `config.json` and on the command line alike. */
export const SANDBOX_LIMITS = {
  port: { min: 0, max: 65_535 },
  historyTickets: { min: 0, max: 1_000_000 },
  historyHours: { min: 0.1, max: 8_760 },
  historyWeeks: { min: 0, max: 52 },
  seed: { min: 0, max: 4_294_967_295 },
  burstPerSecond: { min: 0, max: 100_000 },
} as const satisfies Record<string, Limits>

/** A regular expression for its context path: empty, or like `/jira`. */
export const CONTEXT_PATH = '^(/[A-Za-z0-9_-]{1,40})?$'

const MAX_LAG_SECONDS = 3_600

/** Reads `none`, `5s` or `2s-10s` (seconds, decimals allowed); null where the text is none of them. */
export function parseIndexLag(text: string): SandboxIndexLag | null {
  if (text === 'none') return { kind: 'none' }
  const [, first, second] = /^(\d+(?:\.\d+)?)(?:s?-(\d+(?:\.\d+)?))?s?$/.exec(text) ?? []
  if (first === undefined) return null
  const minMs = Math.round(Number(first) * 1_000)
  const maxMs = second === undefined ? minMs : Math.round(Number(second) * 1_000)
  if (maxMs < minMs || maxMs > MAX_LAG_SECONDS * 1_000) return null
  return second === undefined ? { kind: 'fixed', ms: minMs } : { kind: 'random', minMs, maxMs }
}

/** What `parseIndexLag` takes, for a sentence to the person. */
export const INDEX_LAG_FORMS = `none, seconds (5s) or a span of them (2s-10s), at most ${MAX_LAG_SECONDS}s`
