import { Type, type Static } from 'typebox'
import { SecretPlace } from './settings.ts'
import {
  choice,
  count,
  described,
  EpochMs,
  failureText,
  method,
  model,
  Nothing,
  nullable,
  params,
  SinceFailure,
  step,
  strictModel,
  text,
} from './schema.ts'

export const AsOf = model(
  'AsOf',
  'Of when an answer is. There where the store has a read replica, and the answer is of what is read from it.',
  {
    atMs: described(
      'Everything that was committed until then is in the answer; what came later may be missing. The machine’s time.',
      EpochMs,
    ),
    behindMs: count(
      'How far the replica was behind, at most. 0: not at all, or all was read from the primary; the answer is then as new as it can be.',
    ),
    server: text(1_024, 'The server that was read.'),
    notice: nullable(
      Type.String(),
      'Why the primary was read though there is a replica; null where it was not.',
    ),
  },
)
export type AsOf = Static<typeof AsOf>

export const RestoredStore = model(
  'RestoredStore',
  'The store was found to be restored from a backup, within the last day: what was stored since is gone, and is mended.',
  { sinceMs: described('The machine’s time.', EpochMs), ...failureText },
)
export type RestoredStore = Static<typeof RestoredStore>

export const StoreStatus = model('StoreStatus', 'Where tickets are kept now, and whether that works.', {
  kind: choice(['sqlite', 'postgres']),
  label: Type.String(),
  failure: nullable(
    SinceFailure,
    'Null while it works. Meanwhile nothing is stored, runs pause, and what is shown may be old.',
  ),
  warning: Type.Optional(
    Type.Object(
      { ...SinceFailure.properties, untilMs: described('The machine’s time.', EpochMs) },
      {
        description:
          'It works, but will not from `untilMs` on, unless that passes: what its access is leased from does not renew it now. Absent where all is well.',
      },
    ),
  ),
  restored: Type.Optional(RestoredStore),
  canFallBack: Type.Boolean({
    description:
      'Whether `store.useFallback` may be called: the store is out of reach, and it is not the fallback itself.',
  }),
  insteadOf: nullable(
    Type.Object({
      label: Type.String(),
      sinceMs: EpochMs,
      reachable: Type.Boolean({
        description: 'It can be reached again, and is gone back to as soon as no run is under way here.',
      }),
      failure: Type.Optional(described('Why it cannot be used; absent where it can.', SinceFailure)),
    }),
    'The store that is set, while a file on this machine stands in for it.',
  ),
})
export type StoreStatus = Static<typeof StoreStatus>

export const TLS_MODES = ['verify-full', 'verify-ca', 'require', 'disable'] as const

const server = {
  kind: Type.Literal('postgres'),
  host: text(
    1_024,
    'A name, an address or the folder of a socket; several with commas between them, of which the one that takes writes is used.',
  ),
  port: described('Of hosts that say none (`a, b:5433`).', Type.Integer({ minimum: 1, maximum: 65_535 })),
  database: text(63),
  user: text(63),
  tls: choice(
    TLS_MODES,
    '`verify-full`: encrypted, to the server of that name; `verify-ca`: to a server whose certificate an authority that we believe has signed; `require`: encrypted, to whoever answers; `disable`: plain text.',
  ),
  caFile: nullable(text(4_096), 'A PEM file of certificates to believe besides the system’s own.'),
}

export const PostgresDraft = strictModel('PostgresDraft', 'A PostgreSQL server as a person fills it in.', {
  ...server,
  password: nullable(
    text(1_024),
    'Goes in and never comes out. Null: the one that is kept for this server, database and user; where none is, none is sent.',
  ),
})
export type PostgresDraft = Static<typeof PostgresDraft>

export const StoreDraft = Type.Union(
  [Type.Object({ kind: Type.Literal('sqlite') }, { additionalProperties: false }), PostgresDraft],
  {
    $id: 'StoreDraft',
    description: 'A store to be used: `sqlite`, the workspace’s own file, or a server.',
  },
)
export type StoreDraft = Static<typeof StoreDraft>

export const StoreSettings = model(
  'StoreSettings',
  'Where tickets are kept, as far as a window may know it.',
  {
    store: Type.Union([
      Type.Object({ kind: Type.Literal('sqlite'), label: Type.String() }),
      Type.Object(server),
    ]),
    passwordIn: SecretPlace,
    fixedBy: nullable(
      Type.String(),
      'What fixes the store from outside (`--store`, `DATABASE_URL`, `PSQL_HOST`), so that it cannot be changed here.',
    ),
  },
)
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

export const StoreStep = step('StoreStep', 'A step of a check of a store.', STORE_STEPS)
export type StoreStep = Static<typeof StoreStep>

export const StoreCheck = model('StoreCheck', 'A check of a PostgreSQL server, step by step.', {
  state: choice(['running', 'green', 'red']),
  steps: Type.Array(StoreStep),
})
export type StoreCheck = Static<typeof StoreCheck>

export const RetentionPreview = model(
  'RetentionPreview',
  'What `data.retain` would delete from the store, of all its sites, and what it deleted before.',
  {
    keptFromMs: described('What was created before would go: the first minute of a month in UTC.', EpochMs),
    sites: Type.Array(
      Type.Object({
        siteId: Type.String(),
        tickets: count('Stored tickets that would go, also those that left.'),
        minutes: count('In how many minutes those that count were created.'),
        fromMs: nullable(EpochMs, 'When the first of them was; null where there is none.'),
        toMs: nullable(EpochMs),
        kept: count('Counted tickets that would stay.'),
        keptFromMs: nullable(EpochMs, 'From when on its tickets are kept by now; null where all are.'),
        isUnfinished: Type.Boolean({ description: 'Not all that is not kept is deleted yet.' }),
      }),
    ),
    bytes: count('About as much room the store gains: a file keeps it for tickets to come.'),
  },
)
export type RetentionPreview = Static<typeof RetentionPreview>

/** Those of `settings.` and `store.` work while the store is out of reach, too. */
export const storeMethods = {
  'settings.store': method({
    scope: 'admin',
    summary: 'The settings of the store',
    description: 'Where tickets are kept, and where the store’s password is. Never a password.',
    params: Nothing,
    result: StoreSettings,
  }),
  'settings.checkStore': method({
    scope: 'admin',
    isCostly: true,
    summary: 'Try a PostgreSQL server',
    description:
      'Tries a server step by step, keeps nothing of it and makes no tables. `store-check.changed` reports each step.',
    params: PostgresDraft,
    result: StoreCheck,
    example: {
      kind: 'postgres',
      host: 'db.example.com',
      port: 5_432,
      database: 'jira_tpm',
      user: 'jira_tpm',
      password: null,
      tls: 'verify-full',
      caFile: null,
    },
  }),
  'settings.useStore': method({
    scope: 'admin',
    isCostly: true,
    summary: 'Use another store',
    description:
      'Tries a store and, where no step fails, keeps it (the password in the keychain) and goes over to it.',
    params: StoreDraft,
    result: StoreCheck,
    example: { kind: 'sqlite' },
  }),
  'store.status': method({
    scope: 'read',
    summary: 'Whether the store works',
    description:
      'Which store is in use, and what is wrong with it. Answered while the store is out of reach, too.',
    params: Nothing,
    result: StoreStatus,
  }),
  'store.useFallback': method({
    scope: 'admin',
    summary: 'Use a file for now',
    description:
      'Goes on with a file on the server’s machine, filled from Jira, until the store that is set can be reached again.',
    params: Nothing,
    result: StoreStatus,
  }),
  'store.usePrimary': method({
    scope: 'admin',
    summary: 'Go back to the store that is set',
    description: 'Goes back now. `busy` while a run is under way in the file.',
    params: Nothing,
    result: StoreStatus,
  }),
  'data.loadSample': method({
    scope: 'admin',
    isCostly: true,
    summary: 'Load the sample hour',
    description:
      'Puts an hour of made-up tickets into the store. Nothing is made in Jira. `usage` where a real Jira is watched: they would be counted among its own.',
    params: Nothing,
    result: Type.Object({ loaded: Type.Integer(), fromMs: EpochMs, toMs: EpochMs }),
  }),
  'data.createTables': method({
    scope: 'admin',
    isCostly: true,
    summary: 'Make the ticket tables',
    description: 'Makes the tables where they are missing, after `data.dropTables`; fetching goes on then.',
    params: Nothing,
    result: Type.Object({ created: Type.Boolean() }),
  }),
  'data.previewRetention': method({
    scope: 'admin',
    isCostly: true,
    summary: 'What retention would delete',
    description:
      'What goes where of each site’s tickets the last so many whole months are kept, besides the one now running. Deletes nothing.',
    params: params({ months: Type.Integer({ minimum: 1, maximum: 1_200 }) }),
    result: RetentionPreview,
    example: { months: 13 },
  }),
  'data.retain': method({
    scope: 'admin',
    isCostly: true,
    summary: 'Delete old tickets from the store',
    description:
      'Keeps of every site of the store only tickets created from `keptFromMs` on, the first minute of a month in UTC that is not to come. From then on what is before is not known, nor fetched again; it is deleted with its counts for a second or two: call again while there is `more`, or leave it to the next program that stays open. Never runs, and nothing in Jira. It cannot be taken back but by `data.dropTables`, after which all is fetched anew. `confirm` guards against slips.',
    params: params({ keptFromMs: EpochMs, confirm: Type.Literal(true) }),
    result: Type.Object({ deleted: count('Tickets that this call deleted.'), more: Type.Boolean() }),
    example: { keptFromMs: 1_793_491_200_000, confirm: true },
  }),
  'data.dropTables': method({
    scope: 'admin',
    isCostly: true,
    summary: 'Drop the ticket tables',
    description:
      'Deletes the fetched tickets and their counts from the store, never runs, and nothing in Jira. `confirm` guards against slips.',
    params: params({ confirm: Type.Literal(true) }),
    result: Type.Object({ dropped: Type.Boolean() }),
    example: { confirm: true },
  }),
}
