import type { FaultRule } from './http/faults.ts'
import type { SettingsPatch } from './settings.ts'

/** A state that a Jira can be in, on top of the settings that the sandbox was started with. */
export interface Mood {
  /** What is the matter with it: a sentence that begins with "it". */
  readonly what: string
  readonly settings?: SettingsPatch
  readonly faults?: readonly FaultRule[]
}

const FOR_EVER = 1_000_000
const ANYTHING = {}
/** Its API, but not what tells a client where it is. */
const API = { path: '^/rest/' }

const table = {
  healthy: { what: 'has nothing wrong with it' },

  'expired-token': { what: 'refuses the API token, as if it had expired', settings: { token: 'expired' } },
  'looks-empty': {
    what: 'takes us for a stranger and answers as if it were empty',
    settings: { token: 'expired', anonymous: 'empty' },
  },
  'locked-out': {
    what: 'asks for a CAPTCHA after too many wrong passwords',
    settings: { token: 'locked-out' },
  },
  'scoped-token': {
    what: 'takes the token at the gateway only, as it does a scoped one',
    settings: { scopedToken: true },
  },
  'login-page': {
    what: 'shows a page to log in on, with status 200',
    faults: [{ match: API, kind: 'login-page', times: FOR_EVER }],
  },
  'login-redirect': {
    what: 'sends everybody to a page to log in on',
    faults: [{ match: API, kind: 'redirect-login', times: FOR_EVER }],
  },
  'moved-away': {
    what: 'sends everybody to another host',
    faults: [{ match: ANYTHING, kind: 'redirect-host', times: FOR_EVER }],
  },

  down: {
    what: 'answers 503 to everything',
    faults: [{ match: ANYTHING, kind: 'status-503', retryAfterSeconds: null, times: FOR_EVER }],
  },
  'gateway-error': {
    what: 'is hidden behind a gateway that answers 502 with a page',
    faults: [{ match: ANYTHING, kind: 'html-error', times: FOR_EVER }],
  },
  'rate-limited': {
    what: 'has used up its quota and asks to come back in half a minute',
    faults: [
      { match: API, kind: 'status-429', reason: 'quota-tenant', retryAfterSeconds: 30, times: FOR_EVER },
    ],
  },
  slow: {
    what: 'takes three seconds for every answer',
    faults: [{ match: ANYTHING, kind: 'late', ms: 3_000, times: FOR_EVER }],
  },
  silent: {
    what: 'takes every connection and never answers',
    faults: [{ match: ANYTHING, kind: 'stall-before', times: FOR_EVER }],
  },
  'cut-answers': {
    what: 'hangs up in the middle of every answer',
    faults: [{ match: ANYTHING, kind: 'truncated', cut: 'length', times: FOR_EVER }],
  },
  flaky: {
    what: 'fails one request in five, in many ways',
    faults: (
      ['reset-before', 'status-503', 'truncated', 'html-error', 'empty-body', 'logged-out'] as const
    ).map((kind, seed) => ({ match: API, kind, rate: 0.035, seed, times: FOR_EVER })),
  },
  lagging: {
    what: 'has a search that is up to 15 minutes late, out of order',
    settings: { indexLag: { kind: 'random', minMs: 0, maxMs: 900_000 } },
  },
  'wrong-clock': { what: 'has a clock that is 20 minutes fast', settings: { clockSkewMs: 1_200_000 } },

  'no-project': { what: 'shows us no project', settings: { permissions: { browse: false } } },
  'no-create-permission': {
    what: 'does not let us create tickets',
    settings: { permissions: { create: false } },
  },
  'no-delete-permission': {
    what: 'does not let us delete tickets',
    settings: { permissions: { delete: false } },
  },
  'no-priority-on-screen': {
    what: 'has a create screen without the priority',
    settings: { priorityOnScreen: false },
  },
  'other-priorities': {
    what: 'has no priority called High or Highest',
    settings: { priorityNames: ['Blocker', 'Critical', 'Major', 'Minor', 'Trivial'] },
  },
  'localised-priorities': {
    what: 'has priorities in German',
    settings: { priorityNames: ['Höchste', 'Hoch', 'Mittel', 'Niedrig', 'Niedrigste'] },
  },
  'demanding-screen': {
    what: 'demands a field at creation that has no default',
    settings: { requiredField: true },
  },
  severity: { what: 'has a field "Severity" beside the priority', settings: { severity: 'optional' } },
} as const satisfies Readonly<Record<string, Mood>>

export type MoodName = keyof typeof table

export const MOODS: Readonly<Record<MoodName, Mood>> = table
export const MOOD_NAMES = Object.keys(table) as MoodName[]

export function isMoodName(text: string): text is MoodName {
  return Object.hasOwn(table, text)
}
