import { Type, type Static } from 'typebox'
import {
  choice,
  count,
  DayString,
  described,
  EpochMs,
  HOUR,
  method,
  MinuteNumber,
  model,
  Nothing,
  nullable,
  Priority,
  SinceFailure,
  spanParams,
  strictModel,
  WatchedField,
  ZoneName,
} from './schema.ts'
import { AsOf } from './store.ts'
import { HooksStatus } from './hooks.ts'
import { CountsSplit, FieldValues, SplitFieldName, TicketFilter } from './fields.ts'
import { INTERVALS } from '../domain/interval.ts'

export const SiteClock = model(
  'SiteClock',
  'The site’s clock: at the machine’s `machineMs` it shows `siteMs`, and runs `rate` times as fast until it shows `untilSiteMs`.',
  {
    machineMs: Type.Number(),
    siteMs: Type.Number(),
    rate: Type.Number({ exclusiveMinimum: 0 }),
    untilSiteMs: Type.Number(),
  },
)

export const Session = model(
  'Session',
  'Who is watched, where it is stored, and in which zone times are shown: what a window needs before its first draw.',
  {
    version: Type.String(),
    site: Type.Object({
      id: Type.String(),
      kind: choice(['sandbox', 'cloud', 'data-center']),
      label: Type.String(),
      browseUrl: nullable(
        Type.String(),
        'A ticket opens for a person at `${browseUrl}/browse/KEY`. Null for the sandbox, which has no pages.',
      ),
    }),
    projectKey: nullable(Type.String(), 'Null: every project that the account sees.'),
    store: Type.Object({ kind: Type.String(), label: Type.String() }),
    zone: Type.String({ description: 'IANA name of the zone in which times are shown.' }),
    watchedField: WatchedField,
    watched: Type.Array(Priority, {
      description: 'The values that are watched, most urgent first: the order in which bars are stacked.',
    }),
    tokenExpiresOn: nullable(
      DayString,
      'The last day on which the API token works, as the person entered it.',
    ),
    clock: SiteClock,
  },
)
export type Session = Static<typeof Session>

export const MinuteChange = model(
  'MinuteChange',
  'The absolute count of a minute and watched value after a change: applying one twice does no harm.',
  { minute: MinuteNumber, priorityId: Type.String(), count: count() },
)
export type MinuteChange = Static<typeof MinuteChange>

export const KnownSpan = model(
  'KnownSpan',
  'Creation times `[fromMs, toMs)` by the site’s clock whose tickets are all fetched, as far as Jira’s index shows them.',
  { fromMs: EpochMs, toMs: EpochMs },
)

export const CountsResult = model('CountsResult', 'Tickets by bucket and watched value.', {
  siteId: Type.String(),
  seq: count('The number of the last commit that these counts show.'),
  fromMinute: MinuteNumber,
  toMinute: MinuteNumber,
  bucketMinutes: Type.Integer({ minimum: 1 }),
  priorityIds: Type.Array(Type.String()),
  counts: Type.Array(Type.Array(count()), {
    description:
      '`counts[p][b]` belongs to `priorityIds[p]` and to the bucket that begins at minute `startMinutes[b]`, where those are there, else at `fromMinute + b * bucketMinutes`. It ends where the next one begins, the last one at `toMinute`.',
  }),
  startMinutes: Type.Optional(
    Type.Array(MinuteNumber, {
      description: 'Where each bucket begins, where they are days or weeks of a zone’s calendar.',
    }),
  ),
  provisionalFromMinute: described(
    'Minutes from this one on are not settled: Jira’s index may still lag behind.',
    MinuteNumber,
  ),
  split: Type.Optional(CountsSplit),
  keptFromMs: Type.Optional(
    described(
      'What was created before was deleted from the store by `data.retain`. Absent where nothing was.',
      EpochMs,
    ),
  ),
  asOf: Type.Optional(AsOf),
  known: Type.Array(KnownSpan, {
    description:
      'What was fetched when these were counted, in order. A count of any other time is not known: what is there is the least that it can be, and a 0 says nothing.',
  }),
})
export type CountsResult = Static<typeof CountsResult>

export const OutsideResult = model(
  'OutsideResult',
  'Tickets outside a span: how many, and where the nearest ones are.',
  {
    before: count(),
    after: count(),
    lastBeforeMs: nullable(EpochMs),
    firstAfterMs: nullable(EpochMs),
  },
)
export type OutsideResult = Static<typeof OutsideResult>

export const TicketView = model('TicketView', 'A ticket.', {
  id: Type.String(),
  key: Type.String(),
  projectKey: Type.String(),
  title: Type.String(),
  priorityId: Type.String(),
  priorityName: Type.String(),
  status: Type.String(),
  createdMs: EpochMs,
  updatedMs: EpochMs,
  issueType: Type.Optional(
    Type.String({
      description: 'The name of its type. This and what follows is left out where it is not known.',
    }),
  ),
  components: Type.Optional(Type.Array(Type.String())),
  labels: Type.Optional(Type.Array(Type.String(), { description: 'A hundred at most.' })),
  rehearsed: Type.Optional(Type.Boolean({ description: 'Whether a run made it.' })),
})

export const LeftTicketView = model('LeftTicketView', 'A ticket that is no longer watched, and why.', {
  ...TicketView.properties,
  leftMs: EpochMs,
  reason: choice(['lowered', 'deleted', 'moved', 'hidden']),
})

export const TicketCursor = strictModel(
  'TicketCursor',
  'Where a page of tickets ended. Given back as it came, it leads to the next page.',
  { atMs: EpochMs, id: Type.String({ maxLength: 512, pattern: '^[^\\u0000]*$' }) },
)
export type TicketCursor = Static<typeof TicketCursor>

export const SyncStatus = model(
  'SyncStatus',
  'What the last fetch did, and what the next will do. Times are the machine’s.',
  {
    state: choice(
      ['idle', 'fetching', 'failing', 'stopped'],
      '`failing`: the last fetch failed, another is due. `stopped`: it waits for a person, because a log-in failed or tables were dropped.',
    ),
    lastSuccessMs: nullable(EpochMs),
    lastInserted: count('New tickets of the last successful fetch.'),
    nextMs: nullable(EpochMs),
    indexLagMs: nullable(Type.Number(), 'How far Jira’s search index was measured to be behind.'),
    storedTickets: count(),
    known: Type.Array(KnownSpan, {
      description: 'What is fetched, in order, by the site’s clock. Of any other time nothing is known.',
    }),
    progress: nullable(
      Type.Object({ done: count(), total: count('Jira’s estimate.') }),
      'How far the first fetch of a site with many tickets is; null at any other time.',
    ),
    failure: nullable(SinceFailure),
    by: nullable(
      Type.String(),
      'The machine whose program fetches for all who share the store; null where this one does.',
    ),
    cutOff: Type.Optional(
      nullable(
        SinceFailure,
        'Where another machine fetches because this one did not reach Jira: since when, and why. Absent or null elsewhere.',
      ),
    ),
    hooks: Type.Optional(nullable(HooksStatus, 'Null while nobody takes webhooks.')),
  },
)
export type SyncStatus = Static<typeof SyncStatus>

export const SyncResult = model('SyncResult', 'What a fetch did.', {
  pages: count(),
  fetched: count(),
  inserted: count(),
  updated: count(),
  removed: count('Tickets that counted until now and no longer do: lowered, moved, deleted or hidden.'),
  cursorMs: described('The site’s time up to which everything is fetched.', EpochMs),
})
export type SyncResult = Static<typeof SyncResult>

export const TicketsJql = model('TicketsJql', 'How tickets are found in Jira itself.', {
  jql: Type.String(),
  zone: Type.String({ description: 'IANA name of the zone whose clock the times in it are by.' }),
  url: nullable(Type.String(), 'Where Jira lists them. Null for the sandbox, which has no pages.'),
})
export type TicketsJql = Static<typeof TicketsJql>

const ofPage = {
  limit: Type.Integer({ minimum: 1, maximum: 500 }),
  cursor: Type.Optional(TicketCursor),
}
/** A text that is looked for; longer ones are no title's. */
const SearchText = Type.String({ minLength: 1, maxLength: 200, pattern: '^[^\\u0000]*$' })
const NextPage = {
  more: Type.Boolean(),
  cursor: nullable(TicketCursor, 'Of the next page, where there are more.'),
}

export const ticketMethods = {
  'session.get': method({
    scope: 'read',
    summary: 'What is watched, and where it is stored',
    description:
      'The Jira, the project, the field and its values that are watched, the store, the time zone and the site’s clock: what a chart needs before it is drawn.',
    params: Nothing,
    result: Session,
  }),
  'counts.get': method({
    scope: 'read',
    summary: 'Tickets by minute',
    description:
      'Counts the tickets that were created in a span, by watched value, in buckets of `bucketMinutes`, by itself the smallest that gives at most 120. Buckets begin where the span does; with a `zone`, and wherever the span is given as `from`, those of days and weeks are the zone’s own, of 23 to 25 hours, and weeks begin on Monday: the first and the last are what of them is in the span. A span that ends in `now` is whole buckets, of which the last is the one now running. Empty buckets are there, as 0, also where nothing was fetched: `known` says where that is not so. The counts show the store as it was at `seq`: the event `counts.changed` reports what changed after it. Buckets from `provisionalFromMinute` on may still grow. Of seven days and more, `asOf` says of when they are where the store has a read replica. At most 20,000 buckets at once, else `usage`. With a `filter` only those tickets are counted that it leaves; `splitBy` adds the same tickets by the values of a field. Components, labels and reporters are read from the tickets themselves, of 250,000 at most, else `usage`.',
    params: spanParams({
      bucketMinutes: Type.Optional(Type.Enum([...INTERVALS], { type: 'number' })),
      zone: Type.Optional(ZoneName),
      filter: Type.Optional(TicketFilter),
      splitBy: Type.Optional(SplitFieldName),
    }),
    result: CountsResult,
    example: { ...HOUR, bucketMinutes: 1 },
  }),
  'counts.fields': method({
    scope: 'read',
    isCostly: true,
    summary: 'What the tickets of a span are split by',
    description:
      'For each field that tickets can be split by: its five most frequent values among the counted tickets of a span, how many have another, none, or one that is not known.',
    params: spanParams({ filter: Type.Optional(TicketFilter) }),
    result: Type.Object({ fields: Type.Array(FieldValues), asOf: Type.Optional(AsOf) }),
    example: HOUR,
  }),
  'counts.outside': method({
    scope: 'read',
    summary: 'Tickets before and after a span',
    description: 'How many counted tickets lie outside a span, and when the nearest ones were created.',
    params: spanParams({}),
    result: OutsideResult,
    example: HOUR,
  }),
  'tickets.list': method({
    scope: 'read',
    summary: 'The tickets of a span',
    description:
      'Counted tickets that were created in a span, newest first, `limit` to a page. Where there are `more`, the `cursor` that came with them leads to the next page: none of those that are there all the while comes twice or is passed over, whatever is created meanwhile. `search` gives only those whose title or key holds that text, in whatever case, and `filter` those that it leaves; of a long span a page of them may be shorter than `limit`, or empty, and there are `more` all the same.',
    params: spanParams({
      ...ofPage,
      search: Type.Optional(SearchText),
      filter: Type.Optional(TicketFilter),
    }),
    result: Type.Object({ tickets: Type.Array(TicketView), ...NextPage }),
    example: { ...HOUR, limit: 100 },
  }),
  'tickets.jql': method({
    scope: 'read',
    summary: 'The tickets of a span, as JQL',
    description:
      'What finds the watched tickets of a span in Jira, for a person to look at there: its whole minutes, by the clock of the account that Jira TPM uses, whose `zone` Jira is asked for now and then. Jira reads times by the clock of whoever looks, so to another account with another zone it shows another span. With a `filter` it finds those that it leaves: not by `rehearsed`, which JQL cannot say, and no priority that is not watched: `usage`.',
    params: spanParams({ filter: Type.Optional(TicketFilter) }),
    result: TicketsJql,
    example: HOUR,
  }),
  'tickets.left': method({
    scope: 'read',
    summary: 'Tickets that are no longer watched',
    description:
      'Tickets that were created in a span and counted once: lowered to a priority that is not watched, deleted, moved to another project, or hidden from this account. The last to leave comes first; pages as of `tickets.list`.',
    params: spanParams({ ...ofPage, filter: Type.Optional(TicketFilter) }),
    result: Type.Object({ tickets: Type.Array(LeftTicketView), ...NextPage }),
    example: { ...HOUR, limit: 100 },
  }),
  'sync.now': method({
    scope: 'run',
    isCostly: true,
    summary: 'Fetch from Jira now',
    description:
      'Fetches what changed in Jira, and answers when it is stored. A fetch under way is waited for first. After a log-in that failed nothing is sent to Jira until a person fetches so, starts a run or connects, and then it is tried once a minute at most: `not-authenticated`.',
    params: Nothing,
    result: SyncResult,
  }),
  'sync.status': method({
    scope: 'read',
    summary: 'How the fetching goes',
    description: 'The last fetch, the next one, what is wrong, and how far Jira’s index was measured to lag.',
    params: Nothing,
    result: SyncStatus,
  }),
}
