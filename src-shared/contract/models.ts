import { Type, type Static } from 'typebox'

/** Epoch milliseconds. The bound is the last instant that JavaScript can name. */
export const EpochMs = Type.Integer({ minimum: 0, maximum: 8.64e15 })
const MinuteNumber = Type.Integer({ minimum: 0, maximum: 144_000_000_000 })
const Count = Type.Integer({ minimum: 0 })

export const Priority = Type.Object({ id: Type.String(), name: Type.String() })

export const WatchedField = Type.Object({
  id: Type.String({ pattern: '^(priority|customfield_[0-9]{1,12})$' }),
  name: Type.String({ maxLength: 255 }),
})

/** A calendar day, `2027-01-31`. */
export const DayString = Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' })

/** See `domain/site-clock.ts`. */
export const SiteClock = Type.Object({
  machineMs: Type.Number(),
  siteMs: Type.Number(),
  rate: Type.Number({ exclusiveMinimum: 0 }),
  untilSiteMs: Type.Number(),
})

/** Who is watched, where it is stored, and in which zone times are shown: what a window needs before its first draw. */
export const Session = Type.Object({
  version: Type.String(),
  site: Type.Object({
    id: Type.String(),
    kind: Type.Union([Type.Literal('sandbox'), Type.Literal('cloud'), Type.Literal('data-center')]),
    label: Type.String(),
    /** Where a ticket opens for a person: `${browseUrl}/browse/KEY`. Null for the sandbox, which has no pages. */
    browseUrl: Type.Union([Type.String(), Type.Null()]),
  }),
  projectKey: Type.Union([Type.String(), Type.Null()]),
  store: Type.Object({ kind: Type.String(), label: Type.String() }),
  /** IANA name of the machine's zone. */
  zone: Type.String(),
  /** The field that decides what is watched: `priority`, or a severity field of the site's. */
  watchedField: WatchedField,
  /** Its values that are watched, most urgent first: the order in which bars are stacked. */
  watched: Type.Array(Priority),
  /** The last day on which the API token works, as the person told it. */
  tokenExpiresOn: Type.Union([DayString, Type.Null()]),
  clock: SiteClock,
})
export type Session = Static<typeof Session>

/** Absolute counts of minutes that changed: applying one twice does no harm. */
export const MinuteChange = Type.Object({ minute: MinuteNumber, priorityId: Type.String(), count: Count })
export type MinuteChange = Static<typeof MinuteChange>

/** `counts[p][b]` belongs to `priorityIds[p]` and to the bucket starting at `fromMinute + b * bucketMinutes`. */
export const CountsResult = Type.Object({
  siteId: Type.String(),
  /** The store's sequence number that these counts show. */
  seq: Count,
  fromMinute: MinuteNumber,
  toMinute: MinuteNumber,
  bucketMinutes: Type.Integer({ minimum: 1 }),
  priorityIds: Type.Array(Type.String()),
  counts: Type.Array(Type.Array(Count)),
  /** Minutes from this one on are not settled: Jira's index may still lag behind. */
  provisionalFromMinute: MinuteNumber,
})
export type CountsResult = Static<typeof CountsResult>

/** Tickets outside a span: how many, and where the nearest ones are. */
export const OutsideResult = Type.Object({
  before: Count,
  after: Count,
  lastBeforeMs: Type.Union([EpochMs, Type.Null()]),
  firstAfterMs: Type.Union([EpochMs, Type.Null()]),
})
export type OutsideResult = Static<typeof OutsideResult>

export const TicketView = Type.Object({
  id: Type.String(),
  key: Type.String(),
  projectKey: Type.String(),
  title: Type.String(),
  priorityId: Type.String(),
  priorityName: Type.String(),
  status: Type.String(),
  createdMs: EpochMs,
  updatedMs: EpochMs,
})

/** Where a page of tickets ended: given back as it came, it leads to the next one. */
export const TicketCursor = Type.Object(
  { atMs: EpochMs, id: Type.String({ maxLength: 512, pattern: '^[^\\u0000]*$' }) },
  { additionalProperties: false },
)
export type TicketCursor = Static<typeof TicketCursor>

/** What is wrong, and since when (the machine's epoch ms). */
export const SinceFailure = Type.Object({
  sinceMs: EpochMs,
  code: Type.String(),
  message: Type.String(),
  hint: Type.String(),
})
export type SinceFailure = Static<typeof SinceFailure>

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

/** What the last fetch did, and what the next will do. Times are the machine's epoch ms. */
export const SyncStatus = Type.Object({
  state: Type.Union([
    Type.Literal('idle'), // waiting for the next one
    Type.Literal('fetching'),
    Type.Literal('failing'), // the last one failed; another is due
    Type.Literal('stopped'), // needs the person: credentials, tables
  ]),
  lastSuccessMs: Type.Union([EpochMs, Type.Null()]),
  /** Tickets inserted by the last successful fetch. */
  lastInserted: Count,
  nextMs: Type.Union([EpochMs, Type.Null()]),
  indexLagMs: Type.Union([Type.Number(), Type.Null()]),
  storedTickets: Count,
  /** How far the first fetch of a site with many tickets is; null at any other time. `total` is Jira's estimate. */
  progress: Type.Union([Type.Object({ done: Count, total: Count }), Type.Null()]),
  failure: Type.Union([SinceFailure, Type.Null()]),
  /** The machine whose program fetches for all who share the store; null where this one does. */
  by: Type.Union([Type.String(), Type.Null()]),
})
export type SyncStatus = Static<typeof SyncStatus>

export const SyncResult = Type.Object({
  pages: Count,
  fetched: Count,
  inserted: Count,
  updated: Count,
  removed: Count,
  /** The watermark after this fetch: site epoch ms. */
  cursorMs: EpochMs,
})
export type SyncResult = Static<typeof SyncResult>

export const LeftTicketView = Type.Object({
  ...TicketView.properties,
  leftMs: EpochMs,
  reason: Type.Union([
    Type.Literal('lowered'),
    Type.Literal('deleted'),
    Type.Literal('moved'),
    Type.Literal('hidden'),
  ]),
})

/** Nothing in it that ends a line, or that a database does not take for text. */
const ONE_LINE = '[^\\u0000-\\u001f\\u007f-\\u009f]'

/** A run's name, as a caller gives it. */
export const RunName = Type.String({ maxLength: 64, pattern: `^${ONE_LINE}*$` })

/** Relative weights by name, or by key. */
const Weights = Type.Record(
  Type.String({ pattern: `^${ONE_LINE}{1,255}$` }),
  Type.Number({ minimum: 0, maximum: 1e6 }),
  { maxProperties: 200, additionalProperties: false },
)

/** As many arrivals as a replay may have. */
export const MAX_REPLAY = 20_000

/**
 * Arrivals of real tickets, to be replayed: `offsetsMs` after the first one, in order. `priorityOf[i]` is the place of
 * the i-th arrival's priority in `priorities` (names), -1 where it is not known.
 */
export const Replay = Type.Object(
  {
    /** For the person: the file's name. */
    name: Type.String({ maxLength: 255, pattern: `^${ONE_LINE}*$` }),
    offsetsMs: Type.Array(EpochMs, { minItems: 1, maxItems: MAX_REPLAY }),
    priorities: Type.Array(Type.String({ maxLength: 255 }), { maxItems: 100 }),
    priorityOf: Type.Array(Type.Integer({ minimum: -1, maximum: 99 }), { minItems: 1, maxItems: MAX_REPLAY }),
  },
  { additionalProperties: false },
)
export type Replay = Static<typeof Replay>

/** What to generate. Absent fields take the defaults of `domain/plan-times.ts`. */
export const RunRequest = Type.Object(
  {
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
    minutes: Type.Optional(Type.Number({ minimum: 0.1, maximum: 1_440 })),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295 })),
    /** How the arrivals are spread, in the written form of `domain/profile.ts`: `steady`, `spike 30m x5 10m`, `30m@50,10m@200`. */
    profile: Type.Optional(Type.String({ minLength: 1, maxLength: 500 })),
    /** The arrivals of real tickets, scaled to `count` and `minutes`; in place of a profile. */
    replay: Type.Optional(Replay),
    /** How many times faster than the wall clock; sandbox only. */
    compress: Type.Optional(Type.Number({ minimum: 1, maximum: 3_600 })),
    /** The one project that gets the tickets. */
    projectKey: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })),
    /** Several projects, each with its relative weight, by key; in place of `projectKey`. */
    projects: Type.Optional(Weights),
    /** The id of the site (`session.site.id`) in which the person agreed to make the tickets. A real Jira demands it. */
    confirmedSite: Type.Optional(Type.String({ maxLength: 512 })),
    /** Relative weight of each priority, by name. */
    weights: Type.Optional(Weights),
    /** Relative weight of each issue type, by name; where absent, all tickets get the project's usual one. */
    types: Type.Optional(Weights),
  },
  { additionalProperties: false },
)
export type RunRequest = Static<typeof RunRequest>

/** How a run that stands still goes on. */
export const ResumeRequest = Type.Object(
  {
    /** The last run where absent. */
    runId: Type.Optional(RunName),
    /**
     * What becomes of the slots whose time has passed meanwhile, and of those to come. `shift` (where absent): all move
     * by the time that the run stood still, so that their spacing is kept. `catch-up`: the missed ones are sent now, at
     * a bounded pace; the others keep their times. `skip`: the missed ones are not made; the others keep their times.
     */
    missed: Type.Optional(
      Type.Union([Type.Literal('shift'), Type.Literal('catch-up'), Type.Literal('skip')]),
    ),
    /**
     * What becomes of slots of which nobody knows whether they made their ticket. `look` (where absent): Jira is asked
     * for them once more. `send`: those that it still does not show are sent again, as the person decides. `drop`: they
     * count as not made. With one of the three, a run that is done may be named, too.
     */
    unknown: Type.Optional(Type.Union([Type.Literal('look'), Type.Literal('send'), Type.Literal('drop')])),
  },
  { additionalProperties: false },
)
export type ResumeRequest = Static<typeof ResumeRequest>

/** Real milliseconds between the planned and the actual send of a run's slots. */
export const Lateness = Type.Object({ p50Ms: Type.Number(), p95Ms: Type.Number(), maxMs: Type.Number() })
export type Lateness = Static<typeof Lateness>

/** How far a run is. Slot states: see `store/ledger.ts`. */
export const RunProgress = Type.Object({
  runId: Type.String(),
  seed: Type.Integer(),
  /** The profile in its written form; `replay` and the file's name. */
  profile: Type.String(),
  state: Type.Union([
    Type.Literal('running'),
    Type.Literal('paused'),
    Type.Literal('stopped'), // by the person, before its end
    Type.Literal('done'), // every slot has an outcome
    Type.Literal('broken'), // its process died; it can be resumed
  ]),
  /** The machine whose program works on it; null where this one does, or nobody. */
  by: Type.Union([Type.String(), Type.Null()]),
  /** The keys of its projects, joined by `, `. */
  projectKey: Type.String(),
  planned: Count,
  created: Count,
  failed: Count,
  unknown: Count,
  /** Not made because their time had passed and the person chose so. */
  skipped: Count,
  /** Of a run that stands still: slots whose planned time has passed. 0 while it runs. */
  missed: Count,
  /** Tickets that a clean-up has deleted from Jira. */
  removed: Count,
  /** Span of the plan in site time. */
  startMs: EpochMs,
  endMs: EpochMs,
  rate: Type.Number(),
  /** Null before its first ticket. */
  lateness: Type.Union([Lateness, Type.Null()]),
  /** Why it does not go on, as a sentence; null while it does. */
  reason: Type.Union([Type.String(), Type.Null()]),
  /** True of a paused one that waits for nothing but its store: it goes on by itself. */
  waits: Type.Optional(Type.Boolean()),
  /** True of one that paused by itself because the machine slept: the person says by `missed` how it goes on. */
  slept: Type.Optional(Type.Boolean()),
  /** By how much pauses have moved its end; absent where they have not. */
  shiftedMs: Type.Optional(Count),
})
export type RunProgress = Static<typeof RunProgress>

/** `notMade`: failed, unknown and skipped slots. A slot belongs to the minute it is planned for. */
export const RunMinute = Type.Object({ minute: MinuteNumber, planned: Count, created: Count, notMade: Count })
export type RunMinute = Static<typeof RunMinute>

const RunId = Type.Union([Type.String(), Type.Null()])

/** What a clean-up of a run would do. Nothing is deleted by asking. */
export const CleanUpPreview = Type.Object({
  runId: Type.String(),
  /** Tickets that would be deleted: the ledger says that the run made them, and they carry its label and its mark. */
  count: Count,
  /** Their keys, at most 1,000 of them, in the order of their slots. */
  keys: Type.Array(Type.String()),
  /** Tickets of the run that Jira does not show any more. */
  gone: Count,
  /** Tickets that look like the run's and stay, each with the reason. */
  kept: Type.Array(Type.Object({ key: Type.String(), reason: Type.String() })),
  /** Why they cannot be deleted, and what to do then; null where they can. */
  refusal: Type.Union([Type.Object({ message: Type.String(), hint: Type.String() }), Type.Null()]),
})
export type CleanUpPreview = Static<typeof CleanUpPreview>

/** How far a clean-up is. */
export const CleanUp = Type.Object({
  runId: Type.String(),
  state: Type.Union([
    Type.Literal('running'),
    Type.Literal('done'),
    Type.Literal('stopped'), // by the person, or by what `failure` says; it can be begun again
  ]),
  total: Count,
  deleted: Count,
  /** Tickets that stayed after all, each with the reason. */
  kept: Type.Array(Type.Object({ key: Type.String(), reason: Type.String() })),
  failure: Type.Union([Type.Object({ message: Type.String(), hint: Type.String() }), Type.Null()]),
})
export type CleanUp = Static<typeof CleanUp>

/** The numbers that an audit compares. Words: see docs/audit.md. */
const auditCounts = {
  /** Slots of runs. */
  planned: Count,
  /** Slots that made their ticket. */
  created: Count,
  /** Created tickets that the chart should show, by their slot's priority and project. */
  watched: Count,
  /** Watched tickets that were made by others: always 0 in the audit of a run. */
  others: Count,
  /** Watched tickets that Jira's search returns now. */
  indexed: Count,
  /** Those that the store holds. */
  fetched: Count,
  /** Those that the counts show. */
  charted: Count,
}

/** `planned` and `created` by the minute of the plan, the others by the minute of Jira's `created`. */
export const AuditMinute = Type.Object({ minute: MinuteNumber, ...auditCounts })
export type AuditMinute = Static<typeof AuditMinute>

/** Why a ticket is not where it should be. */
export const DifferenceKind = Type.Union([
  Type.Literal('not-yet-made'),
  Type.Literal('failed'),
  Type.Literal('unknown'),
  Type.Literal('skipped'),
  Type.Literal('stopped'), // not made, because the run was stopped
  Type.Literal('not-indexed'), // in Jira, and not in its index yet
  Type.Literal('lowered'), // to a priority that is not watched
  Type.Literal('deleted'), // or no longer to be seen by this account
  Type.Literal('moved'), // to a project that is not watched
  Type.Literal('removed'), // by our own clean-up
  Type.Literal('not-fetched'),
  Type.Literal('not-charted'),
  Type.Literal('left-in-store'), // the store counts it, and Jira does not show it
  Type.Literal('foreign'), // carries a run's label, and was not made by it
  Type.Literal('twice'), // one ticket too many for its slot
])
export type DifferenceKind = Static<typeof DifferenceKind>

/** As many differences as an audit lists of what is missing, and of what is too much. */
export const MAX_DIFFERENCES = 10_000

export const AuditResult = Type.Object({
  /** Null for the audit of a span. */
  run: RunId,
  /** `[fromMs, toMs)` in site time, whole minutes. */
  fromMs: EpochMs,
  toMs: EpochMs,
  ...auditCounts,
  /** Every minute of the span, empty ones too. */
  minutes: Type.Array(AuditMinute),
  lateness: Type.Union([Lateness, Type.Null()]),
  /** Slots and tickets that are not where they should be, each at the first step that went wrong; the first by minute. */
  missing: Type.Array(
    Type.Object({
      key: Type.Union([Type.String(), Type.Null()]),
      run: RunId,
      slot: Type.Union([Type.Integer(), Type.Null()]),
      minute: MinuteNumber,
      kind: DifferenceKind,
      reason: Type.String(),
    }),
    { maxItems: MAX_DIFFERENCES },
  ),
  /** How many more there are than `missing` lists. */
  moreMissing: Count,
  /** Tickets that should not be there; the first by minute. */
  extra: Type.Array(
    Type.Object({
      key: Type.String(),
      minute: MinuteNumber,
      kind: DifferenceKind,
      reason: Type.String(),
    }),
    { maxItems: MAX_DIFFERENCES },
  ),
  /** How many more there are than `extra` lists. */
  moreExtra: Count,
  /** How many of each kind are missing or too much, listed or not; the most frequent first. */
  kinds: Type.Array(Type.Object({ kind: DifferenceKind, count: Count })),
  ok: Type.Boolean(),
})
export type AuditResult = Static<typeof AuditResult>
