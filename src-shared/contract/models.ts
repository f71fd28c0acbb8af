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

/** What to generate. Absent fields take the defaults of `domain/run-plan.ts`. */
export const RunRequest = Type.Object(
  {
    count: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000 })),
    minutes: Type.Optional(Type.Number({ minimum: 0.1, maximum: 1_440 })),
    seed: Type.Optional(Type.Integer({ minimum: 0, maximum: 4_294_967_295 })),
    /** How many times faster than the wall clock; sandbox only. */
    compress: Type.Optional(Type.Number({ minimum: 1, maximum: 3_600 })),
    projectKey: Type.Optional(Type.String({ minLength: 1, maxLength: 32 })),
    /** The id of the site (`session.site.id`) in which the person agreed to make the tickets. A real Jira demands it. */
    confirmedSite: Type.Optional(Type.String({ maxLength: 512 })),
    /** Relative weight of each priority, by name. */
    weights: Type.Optional(
      Type.Record(Type.String({ maxLength: 64 }), Type.Number({ minimum: 0, maximum: 1e6 })),
    ),
  },
  { additionalProperties: false },
)
export type RunRequest = Static<typeof RunRequest>

/** How far a run is. Slot states: see `store/store.ts`. */
export const RunProgress = Type.Object({
  runId: Type.String(),
  seed: Type.Integer(),
  state: Type.Union([
    Type.Literal('running'),
    Type.Literal('paused'),
    Type.Literal('stopped'), // by the person, before its end
    Type.Literal('done'), // every slot has an outcome
    Type.Literal('broken'), // its process died; it can be resumed
  ]),
  projectKey: Type.String(),
  planned: Count,
  created: Count,
  failed: Count,
  unknown: Count,
  /** Span of the plan in site time. */
  startMs: EpochMs,
  endMs: EpochMs,
  rate: Type.Number(),
  /** Real milliseconds between the planned and the actual send of a slot. */
  latenessP95Ms: Type.Union([Type.Number(), Type.Null()]),
  /** Why it does not go on, as a sentence; null while it does. */
  reason: Type.Union([Type.String(), Type.Null()]),
  /** True of a paused one that waits for nothing but its store: it goes on by itself. */
  waits: Type.Optional(Type.Boolean()),
})
export type RunProgress = Static<typeof RunProgress>

export const RunMinute = Type.Object({ minute: MinuteNumber, planned: Count, created: Count })
export type RunMinute = Static<typeof RunMinute>

export const AuditResult = Type.Object({
  run: Type.String(),
  planned: Count,
  created: Count,
  watched: Count,
  indexed: Count,
  fetched: Count,
  charted: Count,
  missing: Type.Array(
    Type.Object({
      key: Type.Union([Type.String(), Type.Null()]),
      slot: Type.Integer(),
      reason: Type.String(),
    }),
  ),
  extra: Type.Array(Type.Object({ key: Type.String(), reason: Type.String() })),
  ok: Type.Boolean(),
})
export type AuditResult = Static<typeof AuditResult>
