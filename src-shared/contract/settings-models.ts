import { Type, type Static } from 'typebox'
import { DayString, Priority, WatchedField } from './models.ts'

const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength })
const Maybe = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()])

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

export const TLS_MODES = ['verify-full', 'verify-ca', 'require', 'disable'] as const

/** A PostgreSQL server as a person fills it in. The password is write-only, like a token. */
export const PostgresDraft = Type.Object(
  {
    kind: Type.Literal('postgres'),
    host: Text(255),
    port: Type.Integer({ minimum: 1, maximum: 65_535 }),
    database: Text(63),
    user: Text(63),
    /** Null: the one that is kept for this server, database and user; where none is, none is sent. */
    password: Maybe(Text(1_024)),
    /**
     * `verify-full`: encrypted, to the server of that name; `verify-ca`: to a server whose certificate an authority that
     * we believe has signed; `require`: encrypted, to whoever answers; `disable`: plain text.
     */
    tls: Type.Enum(TLS_MODES),
    /** A PEM file of certificates to believe besides the system's own. */
    caFile: Maybe(Text(4_096)),
  },
  { additionalProperties: false },
)
export type PostgresDraft = Static<typeof PostgresDraft>

/** `sqlite` is the workspace's own file. */
export const StoreDraft = Type.Union([
  Type.Object({ kind: Type.Literal('sqlite') }, { additionalProperties: false }),
  PostgresDraft,
])
export type StoreDraft = Static<typeof StoreDraft>

/** Where tickets are kept, as far as a window may know it. */
export const StoreSettings = Type.Object({
  store: Type.Union([
    Type.Object({ kind: Type.Literal('sqlite'), label: Type.String() }),
    Type.Object(Type.Omit(PostgresDraft, ['password']).properties),
  ]),
  passwordIn: Type.Union([
    Type.Literal('keychain'),
    Type.Literal('safe-storage'),
    Type.Literal('environment'),
    Type.Literal('vault'),
    Type.Literal('none'),
  ]),
  /** What fixes the store from outside (`--store`, `DATABASE_URL`, `PSQL_HOST`), so that it cannot be changed here; null: nothing. */
  fixedBy: Maybe(Type.String()),
})
export type StoreSettings = Static<typeof StoreSettings>

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

export const STORE_STEPS = [
  'host',
  'port',
  'tls',
  'password',
  'database',
  'version',
  'rights',
  'tables',
] as const

const STEP_STATE = Type.Union([
  Type.Literal('waiting'),
  Type.Literal('running'),
  Type.Literal('ok'),
  Type.Literal('warning'), // works, but the person should know
  Type.Literal('failed'),
  Type.Literal('not-tried'), // an earlier step failed
])

export const StoreStep = Type.Object({
  id: Type.Enum(STORE_STEPS),
  state: STEP_STATE,
  /** What was found, as a sentence; empty before. */
  message: Type.String(),
  /** What to do about it; empty where there is nothing to do. */
  hint: Type.String(),
})
export type StoreStep = Static<typeof StoreStep>

/** The steps of a check of a PostgreSQL server, told as those of a `Preflight`. */
export const StoreCheck = Type.Object({
  state: Type.Union([Type.Literal('running'), Type.Literal('green'), Type.Literal('red')]),
  steps: Type.Array(StoreStep),
})
export type StoreCheck = Static<typeof StoreCheck>

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
