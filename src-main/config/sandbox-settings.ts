import type { SandboxIndexLag } from './config.ts'

export interface Limits {
  readonly min: number
  readonly max: number
}

/** What the sandbox's settings may be, in `config.json` and on the command line alike. */
export const SANDBOX_LIMITS = {
  port: { min: 0, max: 65_535 },
  historyTickets: { min: 0, max: 1_000_000 },
  historyHours: { min: 0.1, max: 8_760 },
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
