import { Type, type Static } from 'typebox'
import { EpochMs, MinuteNumber, Count, Priority, WatchedField, DayString, SinceFailure } from './schema.ts'

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
