import type { Fault } from './fault.ts'

/** A state that a Jira can be in: a set of faults that has a name. */
export interface Mood {
  /** What is the matter with it: a sentence that begins with "it". */
  readonly what: string
  readonly faults: readonly Fault[]
}

/** Its API, but not what shows a client where it is. */
const API = { path: '^/rest/' }

const FLAKY = ['reset-before', 'status-503', 'truncated', 'html-error', 'empty-body', 'logged-out'] as const

const table = {
  healthy: { what: 'has nothing wrong with it', faults: [] },

  'expired-token': {
    what: 'refuses the API token, as if it had expired',
    faults: [{ kind: 'expired-token' }],
  },
  'looks-empty': {
    what: 'takes us for a stranger and answers as if it were empty',
    faults: [{ kind: 'expired-token' }, { kind: 'empty-for-strangers' }],
  },
  'locked-out': { what: 'asks for a CAPTCHA after too many wrong passwords', faults: [{ kind: 'captcha' }] },
  'scoped-token': {
    what: 'takes the token at the gateway only, as it does a scoped one',
    faults: [{ kind: 'scoped-token' }],
  },
  'login-page': {
    what: 'shows a page to log in on, with status 200',
    faults: [{ match: API, kind: 'login-page' }],
  },
  'login-redirect': {
    what: 'sends everybody to a page to log in on',
    faults: [{ match: API, kind: 'redirect-login' }],
  },
  'moved-away': { what: 'sends everybody to another host', faults: [{ kind: 'redirect-host' }] },

  down: { what: 'answers 503 to everything', faults: [{ kind: 'status-503', retryAfterSeconds: null }] },
  'gateway-error': {
    what: 'is hidden behind a gateway that answers 502 with a page',
    faults: [{ kind: 'html-error' }],
  },
  'rate-limited': {
    what: 'has used up its quota and asks to come back in half a minute',
    faults: [{ match: API, kind: 'status-429', reason: 'quota-tenant', retryAfterSeconds: 30 }],
  },
  slow: { what: 'takes three seconds for every answer', faults: [{ kind: 'late', ms: 3_000 }] },
  silent: { what: 'takes every connection and never answers', faults: [{ kind: 'stall-before' }] },
  'cut-answers': {
    what: 'hangs up in the middle of every answer',
    faults: [{ kind: 'truncated', cut: 'length' }],
  },
  flaky: {
    what: 'fails one request in five, in many ways',
    faults: FLAKY.map((kind, seed) => ({ match: API, kind, rate: 0.035, seed })),
  },
  lagging: {
    what: 'has a search that is up to 15 minutes late, out of order',
    faults: [{ kind: 'index-lag', minMs: 0, maxMs: 900_000 }],
  },
  'bad-webhooks': {
    what: 'sends webhooks late, twice, out of order, or not at all',
    faults: [
      { kind: 'hook-lost', rate: 0.1, seed: 1 },
      { kind: 'hook-late', rate: 0.3, seed: 2, ms: 5_000 },
      { kind: 'hook-doubled', rate: 0.2, seed: 3 },
      { kind: 'hook-out-of-order', rate: 0.2, seed: 4 },
    ],
  },
  'wrong-clock': {
    what: 'has a clock that is 20 minutes fast',
    faults: [{ kind: 'clock-skew', ms: 1_200_000 }],
  },

  'no-project': {
    what: 'shows us no project',
    faults: [{ kind: 'no-permission', permission: 'browse' }],
  },
  'no-create-permission': {
    what: 'does not let us create tickets',
    faults: [{ kind: 'no-permission', permission: 'create' }],
  },
  'no-delete-permission': {
    what: 'does not let us delete tickets',
    faults: [{ kind: 'no-permission', permission: 'delete' }],
  },
  'no-priority-on-screen': {
    what: 'has a create screen without the priority',
    faults: [{ kind: 'no-priority-on-screen' }],
  },
  'other-priorities': {
    what: 'has no priority called High or Highest',
    faults: [{ kind: 'renamed-priorities', names: ['Blocker', 'Critical', 'Major', 'Minor', 'Trivial'] }],
  },
  'localised-priorities': {
    what: 'has priorities in German',
    faults: [{ kind: 'renamed-priorities', names: ['Höchste', 'Hoch', 'Mittel', 'Niedrig', 'Niedrigste'] }],
  },
  'demanding-screen': {
    what: 'demands a field at creation that has no default',
    faults: [{ kind: 'required-field' }],
  },
  severity: { what: 'has a field "Severity" beside the priority', faults: [{ kind: 'severity-field' }] },
} satisfies Readonly<Record<string, Mood>>

export type MoodName = keyof typeof table

export const MOODS: Readonly<Record<MoodName, Mood>> = table
export const MOOD_NAMES = Object.keys(table) as MoodName[]

export function isMoodName(text: string): text is MoodName {
  return Object.hasOwn(table, text)
}
