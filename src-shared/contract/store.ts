import { Type, type Static } from 'typebox'
import { EpochMs, SinceFailure, Text, Maybe, STEP_STATE } from './schema.ts'

/** Where tickets are kept now, and whether that works. */
export const StoreStatus = Type.Object({
  kind: Type.Union([Type.Literal('sqlite'), Type.Literal('postgres')]),
  label: Type.String(),
  /** Null while it works. Meanwhile nothing is stored, runs pause, and what is shown may be old. */
  failure: Type.Union([SinceFailure, Type.Null()]),
  /**
   * It works, but will not from `untilMs` on (the machine's epoch ms), unless that passes: what its access is leased from
   * does not renew it now. Absent where all is well.
   */
  warning: Type.Optional(Type.Object({ ...SinceFailure.properties, untilMs: EpochMs })),
  /** Whether `store.useFallback` may be called: the store is out of reach, and it is not the fallback itself. */
  canFallBack: Type.Boolean(),
  /** The store that is set, while a file on this machine stands in for it; null where nothing does. */
  insteadOf: Type.Union([
    Type.Object({
      label: Type.String(),
      sinceMs: EpochMs,
      /** It can be reached again, and is gone back to as soon as no run is under way here. */
      reachable: Type.Boolean(),
      /** Why it cannot be used; absent where it can. */
      failure: Type.Optional(SinceFailure),
    }),
    Type.Null(),
  ]),
})
export type StoreStatus = Static<typeof StoreStatus>

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
