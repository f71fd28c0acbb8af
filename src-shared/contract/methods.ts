import { Type, type Static, type TSchema } from 'typebox'
import { AuditResult } from './audit.ts'
import {
  CleanUp,
  CleanUpPreview,
  Replay,
  ResumeRequest,
  RunMinute,
  RunName,
  RunProgress,
  RunRequest,
} from './runs.ts'
import { EpochMs } from './schema.ts'
import { StoreStatus } from './store.ts'
import {
  CountsResult,
  OutsideResult,
  Session,
  SyncResult,
  SyncStatus,
  LeftTicketView,
  TicketCursor,
  TicketView,
} from './tickets.ts'
import { JiraDraft, Preflight, Settings } from './settings.ts'
import { PostgresDraft, StoreCheck, StoreDraft, StoreSettings } from './store.ts'

const Nothing = Type.Object({}, { additionalProperties: false })
const OneRun = Type.Object({ runId: RunName }, { additionalProperties: false })
const Span = { fromMs: EpochMs, toMs: EpochMs }
const TicketPage = Type.Object(
  { ...Span, limit: Type.Integer({ minimum: 1, maximum: 500 }), cursor: Type.Optional(TicketCursor) },
  { additionalProperties: false },
)
/** `cursor`: of the next page, where there are more. */
const NextPage = { more: Type.Boolean(), cursor: Type.Union([TicketCursor, Type.Null()]) }
const BucketMinutes = Type.Union([
  Type.Literal(1),
  Type.Literal(2),
  Type.Literal(5),
  Type.Literal(10),
  Type.Literal(60),
])
const MaybeProgress = Type.Union([RunProgress, Type.Null()])

function method<P extends TSchema, R extends TSchema>(params: P, result: R): { params: P; result: R } {
  return { params, result }
}

/** Every call that a door may make. The name says the part it belongs to; nothing else can be asked of the core. */
export const methods = {
  'session.get': method(Nothing, Session),

  'counts.get': method(
    Type.Object({ ...Span, bucketMinutes: BucketMinutes }, { additionalProperties: false }),
    CountsResult,
  ),
  'counts.outside': method(Type.Object(Span, { additionalProperties: false }), OutsideResult),
  /** Newest first. */
  'tickets.list': method(TicketPage, Type.Object({ tickets: Type.Array(TicketView), ...NextPage })),
  /** Tickets of a span (by their creation) that are no longer watched, the last to leave first. */
  'tickets.left': method(TicketPage, Type.Object({ tickets: Type.Array(LeftTicketView), ...NextPage })),

  'sync.now': method(Nothing, SyncResult),
  'sync.status': method(Nothing, SyncStatus),

  'runs.start': method(RunRequest, RunProgress),
  /** Sends no further slot, of this process's run or another's; answered when what was sent has its outcome. */
  'runs.pause': method(Nothing, RunProgress),
  'runs.resume': method(ResumeRequest, RunProgress),
  /** As `runs.pause`, but for good. */
  'runs.stop': method(Nothing, RunProgress),
  /** The run under way, else the last one. */
  'runs.current': method(Nothing, MaybeProgress),
  'runs.get': method(OneRun, RunProgress),
  /** The runs begun before `beforeMs` (by default all), newest first. */
  'runs.list': method(
    Type.Object(
      { limit: Type.Integer({ minimum: 1, maximum: 100 }), beforeMs: Type.Optional(EpochMs) },
      { additionalProperties: false },
    ),
    Type.Object({ runs: Type.Array(RunProgress), more: Type.Boolean() }),
  ),
  /** A run's plan and its outcome, minute by minute, empty minutes too. A ticket belongs to the minute it was planned for. */
  'runs.minutes': method(OneRun, Type.Array(RunMinute)),
  /** Reads the arrivals out of a CSV or JSON lines file of tickets. */
  'runs.readReplay': method(
    Type.Object(
      { name: Type.String({ maxLength: 255 }), text: Type.String({ maxLength: 900_000 }) },
      { additionalProperties: false },
    ),
    Replay,
  ),
  'runs.cleanUpPreview': method(OneRun, CleanUpPreview),
  /**
   * Deletes what a run made from Jira. `confirmedSite`: the id of the site in which the person agreed to it; `count`: how
   * many tickets it agreed to. Answered when it has begun; `clean-up.changed` tells how it goes.
   */
  'runs.cleanUp': method(
    Type.Object(
      {
        runId: RunName,
        confirmedSite: Type.String({ maxLength: 512 }),
        count: Type.Integer({ minimum: 0 }),
      },
      { additionalProperties: false },
    ),
    CleanUp,
  ),
  /** Ends the clean-up under way at the next ticket. Throws `not-found` where none is. */
  'runs.stopCleanUp': method(Nothing, CleanUp),
  /** The clean-up under way, else the last one since this process began; null before the first. */
  'runs.currentCleanUp': method(Nothing, Type.Union([CleanUp, Type.Null()])),

  /** Of the last run where none is named. */
  'audit.run': method(
    Type.Object({ runId: Type.Optional(RunName) }, { additionalProperties: false }),
    AuditResult,
  ),
  'audit.span': method(Type.Object(Span, { additionalProperties: false }), AuditResult),

  /** Works even while no Jira can be opened, as all of `settings.` does. */
  'settings.get': method(Nothing, Settings),
  /** Tries a connection step by step, told by `preflight.changed` as it goes; keeps nothing of it. */
  'settings.preflight': method(JiraDraft, Preflight),
  /** Tries a connection and, where no step fails, keeps it (the token in the keychain) and goes over to that Jira. */
  'settings.connect': method(JiraDraft, Preflight),
  /** Goes back to the sandbox. Tickets that were fetched stay stored; `forgetToken` deletes the token from the keychain. */
  'settings.disconnect': method(
    Type.Object({ forgetToken: Type.Boolean() }, { additionalProperties: false }),
    Settings,
  ),

  /** Where tickets are kept, as all of `settings.`: works even while the store is out of reach. */
  'settings.store': method(Nothing, StoreSettings),
  /** Tries a PostgreSQL server step by step, told by `store-check.changed` as it goes; keeps nothing of it, makes no tables. */
  'settings.checkStore': method(PostgresDraft, StoreCheck),
  /** Tries a store and, where no step fails, keeps it (the password in the keychain) and goes over to it. */
  'settings.useStore': method(StoreDraft, StoreCheck),

  /** Works even while the store is out of reach, as all of `store.`. */
  'store.status': method(Nothing, StoreStatus),
  /** Goes on with a file on this machine, filled from Jira, until the store that is set can be reached again. */
  'store.useFallback': method(Nothing, StoreStatus),
  /** Goes back to the store that is set, now. Refused (`busy`) while a run is under way in the fallback. */
  'store.usePrimary': method(Nothing, StoreStatus),

  'data.loadSample': method(Nothing, Type.Object({ loaded: Type.Integer(), fromMs: EpochMs, toMs: EpochMs })),
  'data.createTables': method(Nothing, Type.Object({ created: Type.Boolean() })),
  /** Drops the fetched tickets and their counts, never runs or anything in Jira. `confirm` guards against slips. */
  'data.dropTables': method(
    Type.Object({ confirm: Type.Literal(true) }, { additionalProperties: false }),
    Type.Object({ dropped: Type.Boolean() }),
  ),
} as const

export type MethodName = keyof typeof methods
export type Params<M extends MethodName> = Static<(typeof methods)[M]['params']>
export type Result<M extends MethodName> = Static<(typeof methods)[M]['result']>

declare global {
  /** Every platform has it, whole. What is shared only passes it on. */
  interface AbortSignal {
    readonly aborted: boolean
  }
}

/** One function a method: what the core gives to every door. The signal's abort says that nobody waits for it any more. */
export type Handlers = {
  [M in MethodName]: (params: Params<M>, signal?: AbortSignal) => Promise<Result<M>>
}

/** The largest call that is read, as UTF-16 units of its JSON form. The largest real one is a few hundred. */
export const MAX_PARAMS_LENGTH = 64 * 1024

/** The same for the calls that carry a file to replay, or what was read of it. */
export const MAX_LARGE_PARAMS_LENGTH = 1024 * 1024
export const LARGE_METHODS: readonly MethodName[] = ['runs.start', 'runs.readReplay']

export function maxParamsLength(name: MethodName): number {
  return LARGE_METHODS.includes(name) ? MAX_LARGE_PARAMS_LENGTH : MAX_PARAMS_LENGTH
}
