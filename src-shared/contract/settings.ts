import { Type, type Static } from 'typebox'
import { Priority, WatchedField, DayString, Text, Maybe, STEP_STATE } from './schema.ts'

/** What is watched: the field, and the ids of its values. No ids: High and Highest by name, also "(migrated)". */
export const WatchChoice = Type.Object(
  { field: WatchedField, ids: Type.Array(Text(64), { maxItems: 50 }) },
  { additionalProperties: false },
)
export type WatchChoice = Static<typeof WatchChoice>

/** A connection as a person fills it in. It goes into the core and never comes out of it: the token is write-only. */
export const JiraDraft = Type.Object(
  {
    /** Where people open this Jira in a browser; a context path is allowed. */
    url: Text(512),
    /** The account's e-mail address, for Jira Cloud. Null for Data Center, where the token says who we are. */
    user: Maybe(Text(254)),
    /** The API token or personal access token. Null: the one that is kept for this address and user. */
    token: Maybe(Text(4_096)),
    tokenExpiresOn: Maybe(DayString),
    /** Null: every project that the account sees. */
    projectKey: Maybe(Text(32)),
    /** A PEM file of certificates to believe besides the system's own. */
    caFile: Maybe(Text(4_096)),
    watch: WatchChoice,
  },
  { additionalProperties: false },
)
export type JiraDraft = Static<typeof JiraDraft>

/** What is set about the Jira, as far as a window may know it. */
export const Settings = Type.Object({
  /** Null: the sandbox. */
  jira: Maybe(Type.Object(Type.Omit(JiraDraft, ['token']).properties)),
  /** Where the token of that Jira is; `none` where it is nowhere. */
  tokenIn: Type.Union([
    Type.Literal('keychain'),
    Type.Literal('safe-storage'),
    Type.Literal('environment'),
    Type.Literal('vault'),
    Type.Literal('none'),
  ]),
  /** What fixes the choice of Jira from outside (`--jira`, `JIRA_URL`), so that it cannot be changed here; null: nothing. */
  fixedBy: Maybe(Type.String()),
  /** Where tokens can be kept on this machine: the name of the keychain, or why there is none. */
  secrets: Type.Object({
    kind: Type.Union([Type.Literal('keychain'), Type.Literal('safe-storage'), Type.Literal('none')]),
    label: Type.String(),
    problem: Maybe(Type.String()),
    /** It is there, and may yet be opened by its person. */
    isLocked: Type.Optional(Type.Boolean()),
  }),
  /** Why the Jira that is set could not be opened; null while it is open. */
  failure: Maybe(Type.Object({ code: Type.String(), message: Type.String(), hint: Type.String() })),
})
export type Settings = Static<typeof Settings>

export const PREFLIGHT_STEPS = [
  'address',
  'certificate',
  'server',
  'identity',
  'time-zone',
  'clock',
  'project',
  'issue-type',
  'priority',
  'watched',
  'create',
  'delete',
  'token',
] as const

export const PreflightStep = Type.Object({
  id: Type.Enum(PREFLIGHT_STEPS),
  state: STEP_STATE,
  /** What was found, as a sentence; empty before. */
  message: Type.String(),
  /** What to do about it; empty where there is nothing to do. */
  hint: Type.String(),
})
export type PreflightStep = Static<typeof PreflightStep>

/** What a person may choose from on this site, as far as the preflight came. */
export const PreflightChoices = Type.Object({
  projects: Type.Array(Type.Object({ key: Type.String(), name: Type.String() })),
  /** Priority first, then fields that look like a severity; each with its values in the site's order. */
  fields: Type.Array(Type.Object({ field: WatchedField, values: Type.Array(Priority) })),
  /** What would be watched: the choice that was made, or High and Highest by name. */
  watched: Type.Array(Priority),
})
export type PreflightChoices = Static<typeof PreflightChoices>

export const Preflight = Type.Object({
  state: Type.Union([Type.Literal('running'), Type.Literal('green'), Type.Literal('red')]),
  /** What the server says it is; null before it was asked. */
  deployment: Maybe(Type.Union([Type.Literal('cloud'), Type.Literal('data-center')])),
  steps: Type.Array(PreflightStep),
  choices: PreflightChoices,
})
export type Preflight = Static<typeof Preflight>
